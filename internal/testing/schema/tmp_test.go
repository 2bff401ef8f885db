package schema
import ("testing"; "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"; "sigs.k8s.io/yaml"; "time")
func TestTmp2(t *testing.T) {
	s, err := Composite("../../../configuration/namespaced/definition.yaml", "v1alpha1")
	if err != nil { t.Fatal(err) }
	for _, x := range []string{"", "maintenanceWindow: '05:00-07:00'", "maintenanceWindow: 'sun:0a:00-sun:07:00'", "maintenanceWindow: 'sun:05:00-sun:07:00'\n  snapshotWindow: x", "snapshotWindow: 'aa:aa-bb:bb'", "foo: {}", "multiAzEnabled: true\n  numCacheNodes: 1", "subnetIds: [subnet-1, subnet-1]", "numCacheNodes: 99999999999", "snapshotWindow: 23:59-00:00", "engine: x"} {
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(`apiVersion: m.platform.example.org/v1alpha1
kind: XRedis
metadata: {name: x, namespace: team}
spec:
  appName: a
  environment: dev
  vpcId: vpc-1
  subnetIds: [subnet-1]
  securityGroupIds: [sg-1]
  `+x), &u.Object); err != nil { t.Fatal(err) }
		s.Validate(u, nil)
		st := time.Now()
		for i:=0;i<100;i++ {s.Validate(u, nil)}
		t.Log(time.Since(st)/100)
		for _, e := range s.Validate(u, nil) { t.Log(x, "=>", e.Type, e.Field, "|", e.Detail, "|", e) }
	}
}
