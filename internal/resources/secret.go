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

// MakeAuthTokens holds the team's own tokens for the provider to read: the one that
// AWS has and the one that it is to have next. The team's Secret is not read by the
// provider itself, which would send AWS whatever is put there, at once and with
// whatever strategy the last change had.
func MakeAuthTokens(f Facts) *corev1.Secret {
	data := map[string][]byte{}
	for id, token := range f.Tokens {
		data[TokenKey(id)] = []byte(token.Reveal())
	}
	return &corev1.Secret{
		TypeMeta:   typeMeta(corev1.SchemeGroupVersion.WithKind("Secret")),
		ObjectMeta: metav1.ObjectMeta{Name: f.TokenSecret.Name, Namespace: f.TokenSecret.Namespace},
		Type:       corev1.SecretTypeOpaque,
		Data:       data,
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
