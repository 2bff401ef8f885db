package resources

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// secretTypeConnection is what Crossplane calls the Secrets that it writes.
const secretTypeConnection corev1.SecretType = "connection.crossplane.io/v1alpha1"

// MakeConnectionSecret holds the connection details of a namespaced XRedis. A
// claim has no need of it: Crossplane writes the claim's own.
func MakeConnectionSecret(name string, details map[string][]byte) *corev1.Secret {
	return &corev1.Secret{
		TypeMeta:   typeMeta(corev1.SchemeGroupVersion.WithKind("Secret")),
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Type:       secretTypeConnection,
		Data:       details,
	}
}

// ConnectionSecretNamespace is where the provider writes what it knows of a replication
// group, empty where that is its own namespace.
func (r Resource) ConnectionSecretNamespace() string {
	return r.Text("spec", "writeConnectionSecretToRef", "namespace")
}

// ValueSecret is the Secret that a parameter has its value from.
func (r Resource) ValueSecret() SecretRef {
	return SecretRef{
		Name:      r.Text("spec", "forProvider", "valueSecretRef", "name"),
		Namespace: r.Text("spec", "forProvider", "valueSecretRef", "namespace"),
	}
}
