// The provider, of which only files are read: hack/managed copies the types of four
// kinds, and tests read the CRDs. Nothing is compiled, so what the provider itself
// needs is neither downloaded nor of any account to the function.
//
// The Configurations in configuration/ depend on this version or a later one.
module github.com/crossplane-contrib/function-xredis/hack/tools/provider-aws

go 1.26.0

require github.com/upbound/provider-aws/v2 v2.5.0
