package driver

import (
	"errors"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUpdated(t *testing.T) {
	for _, row := range []struct {
		name               string
		have, change, want Resources
	}{
		{"nothing", Resources{Memory: 1 << 26}, Resources{}, Resources{Memory: 1 << 26}},
		{"swap follows memory", Resources{Memory: 1 << 26, MemorySwap: 1 << 28}, Resources{Memory: 1 << 27}, Resources{Memory: 1 << 27}},
		{"swap alone", Resources{Memory: 1 << 26}, Resources{MemorySwap: 1 << 27}, Resources{Memory: 1 << 26, MemorySwap: 1 << 27}},
		{"no limit", Resources{Memory: 1 << 26, Pids: 5}, Resources{Memory: -1, Pids: -1}, Resources{Memory: -1, Pids: -1}},
		{"cpus replace a quota", Resources{CPUQuota: 5000, CPUPeriod: 10000}, Resources{CPUs: 2}, Resources{CPUs: 2}},
		{"a quota replaces cpus", Resources{CPUs: 2}, Resources{CPUQuota: 5000}, Resources{CPUQuota: 5000}},
		{"without a quota there is no burst", Resources{CPUQuota: 5000, CPUBurst: 1000}, Resources{CPUQuota: -1}, Resources{CPUQuota: -1}},
		{"unified", Resources{Unified: map[string]string{"a.b": "1", "c.d": "2"}}, Resources{Unified: map[string]string{"c.d": "3"}}, Resources{Unified: map[string]string{"a.b": "1", "c.d": "3"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := plain()
			c.Resources = &row.have
			before := c.Clone()
			got, err := c.Updated(&row.change)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, *got.Resources); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(before, c); diff != "" {
				t.Errorf("the Command itself has changed: %s", diff)
			}
		})
	}
}

func TestUpdatedRefuses(t *testing.T) {
	for _, row := range []struct {
		change *Resources
		path   string
		class  error
	}{
		{nil, "resources", ErrInvalid},
		{&Resources{Memory: 1}, "resources.memory", ErrInvalid},
		{&Resources{MemorySwap: 1 << 20}, "resources.memory_swap", ErrInvalid}, // less than the memory it has
		{&Resources{CPUs: 1, CPUQuota: 5000}, "resources.cpus", ErrInvalid},
		{&Resources{KernelMemory: -2}, "resources.kernel_memory", ErrInvalid},
		{&Resources{OomKillDisable: true}, "resources.oom_kill_disable", ErrUnsupported},
		{&Resources{Rlimits: []*Rlimit{{Type: "core"}}}, "resources.rlimits", ErrUnsupported},
		{&Resources{IO: []*IOLimit{{Major: 8}}}, "resources.io", ErrUnsupported},
		{&Resources{Hugetlb: []*HugetlbLimit{{PageSize: "2MB"}}}, "resources.hugetlb", ErrUnsupported},
	} {
		c := plain()
		c.Resources = &Resources{Memory: 1 << 26}
		_, err := c.Updated(row.change)
		var field *FieldError
		if !errors.As(err, &field) || field.Path != row.path || !errors.Is(err, row.class) {
			t.Errorf("got %v, want an error about %s", err, row.path)
		}
	}
}

// Whoever adds a limit is reminded of updates: each field is merged or refused.
func TestUpdatedKnowsEveryLimit(t *testing.T) {
	for field := range reflect.TypeFor[Resources]().Fields() {
		var change Resources
		set(reflect.ValueOf(&change).Elem().FieldByIndex(field.Index))
		var merged Resources
		merged.merge(&change)
		_, err := plain().Updated(&change)
		if !errors.Is(err, ErrUnsupported) && reflect.ValueOf(merged).FieldByIndex(field.Index).IsZero() {
			t.Errorf("%s is neither merged nor refused", field.Name)
		}
	}
}

// set gives a value that is not zero, valid or not.
func set(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.String:
		v.SetString("0")
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"a.b": "1"}))
	default:
		panic("a field of another kind: " + v.Type().String())
	}
}
