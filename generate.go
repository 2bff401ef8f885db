//go:build generate

package main

// Deep copies of the API and of the Input.
//go:generate go tool -modfile=hack/tools/controller-gen/go.mod controller-gen object paths=./apis/... paths=./input/...

// The Input's schema, which the Function package carries.
//go:generate go tool -modfile=hack/tools/controller-gen/go.mod controller-gen crd paths=./input/... output:crd:dir=package/input

// Both XRDs, which the Configuration packages carry.
//go:generate sh -c "go tool -modfile=hack/tools/controller-gen/go.mod controller-gen crd paths=./apis/... output:crd:stdout | go run ./hack/xrd configuration"

// The tables of all fields in docs/fields.md, from both schemas.
//go:generate go run ./hack/docs .
