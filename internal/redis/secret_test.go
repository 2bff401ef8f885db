package redis

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestSecretNeverPrints(t *testing.T) {
	s := NewSecret("swordfish")
	type holder struct {
		S Secret
		P *Secret
	}
	h := holder{S: s, P: &s}
	encoded, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	printed := []string{string(encoded), s.String(), fmt.Sprint(s), fmt.Sprint(&s)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		printed = append(printed, fmt.Sprintf(verb, s), fmt.Sprintf(verb, h), fmt.Sprintf(verb, []Secret{s}), fmt.Sprintf(verb, map[string]Secret{"k": s}))
	}
	for _, p := range printed {
		if strings.Contains(p, "swordfish") || strings.Contains(p, fmt.Sprintf("%x", "swordfish")) {
			t.Errorf("a secret prints as %q", p)
		}
	}
}
