// Package crossplane22 renders the examples with the Crossplane CLI v2.2, the one
// that hack/render uses by default.
package crossplane22

import (
	"testing"

	"github.com/crossplane-contrib/function-xredis/test/render/rendertest"
)

func TestExamples(t *testing.T) {
	rendertest.Renderer{Version: "2.2", NoConnectionDetails: true}.Examples(t)
}
