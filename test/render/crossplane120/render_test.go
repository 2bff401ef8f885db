// Package crossplane120 renders the examples with the Crossplane CLI v1.20.
package crossplane120

import (
	"testing"

	"github.com/crossplane-contrib/function-xredis/test/render/rendertest"
)

var renderer = rendertest.Renderer{Version: "1.20", NoLookups: true, NoConnectionDetails: true}

func TestExamples(t *testing.T) {
	renderer.Examples(t)
}

func TestStandardRoad(t *testing.T) {
	renderer.StandardRoad(t)
}
