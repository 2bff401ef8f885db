// Package crossplane116 renders the examples with the Crossplane CLI v1.16, where
// rendering was still in beta.
package crossplane116

import (
	"testing"

	"github.com/crossplane-contrib/function-xredis/test/render/rendertest"
)

var renderer = rendertest.Renderer{Version: "1.16", NoConditions: true, NoLookups: true, NoConnectionDetails: true}

func TestExamples(t *testing.T) {
	renderer.Examples(t)
}

func TestStandardRoad(t *testing.T) {
	renderer.StandardRoad(t)
}
