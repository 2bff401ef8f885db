// Package crossplane120 renders the examples with the Crossplane CLI v1.20.
package crossplane120

import (
	"testing"

	"github.com/crossplane-contrib/function-xredis/test/render/rendertest"
)

func TestExamples(t *testing.T) {
	rendertest.Renderer{Version: "1.20", NoLookups: true, NoConnectionDetails: true}.Examples(t)
}
