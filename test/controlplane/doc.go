// Package controlplane proves the function on a real control plane: etcd, the
// Kubernetes API server and its controller manager, Crossplane with its RBAC manager,
// and our own packages, installed by the real package manager from a registry. There
// is no container engine, no cluster and no AWS: the tests play the kubelet, and
// stand in for the provider.
//
//	go -C test/controlplane test ./...
//
// Everything is built by hack/toolchain, once, and runs in namespaces of its own
// (network, mount and process), which need root, or a system that lets others make
// user namespaces. What runs there ends with the test.
package controlplane
