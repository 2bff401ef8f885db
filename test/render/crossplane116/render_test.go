// Package crossplane116 renders the examples with the Crossplane CLI v1.16, where
// rendering was still in beta.
package crossplane116

import (
	"testing"

	"github.com/crossplane-contrib/function-xredis/test/render/rendertest"
)

func TestExamples(t *testing.T) {
	rendertest.Renderer{Version: "1.16", NoConditions: true, NoLookups: true, NoConnectionDetails: true}.Examples(t)
}
