// Package crossplane25 renders the examples with the Crossplane CLI v2.5 and
// Crossplane v2.4 as its engine: what a cluster would do.
package crossplane25

import (
	"testing"

	"github.com/crossplane-contrib/function-xredis/test/render/rendertest"
)

var renderer = rendertest.Renderer{Version: "2.5"}

func TestExamples(t *testing.T) {
	renderer.Examples(t)
}

func TestStandardRoad(t *testing.T) {
	renderer.StandardRoad(t)
}
