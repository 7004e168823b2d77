package terraform

import (
	"errors"
	"math/big"
	"net"

	"github.com/apparentlymart/go-cidr/cidr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func netFunctions() map[string]function.Function {
	number := function.Parameter{Name: "number", Type: cty.Number}
	prefix := function.Parameter{Name: "prefix", Type: cty.String}
	text := function.StaticReturnType(cty.String)
	return map[string]function.Function{
		"cidrhost": function.New(&function.Spec{Params: []function.Parameter{prefix, number}, Type: text,
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				_, network, err := net.ParseCIDR(args[0].AsString())
				if err != nil {
					return cty.NilVal, err
				}
				host, err := cidr.HostBig(network, whole(args[1]))
				return cty.StringVal(host.String()), err
			}}),
		"cidrnetmask": function.New(&function.Spec{Params: []function.Parameter{prefix}, Type: text,
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				_, network, err := net.ParseCIDR(args[0].AsString())
				if err != nil {
					return cty.NilVal, err
				}
				return cty.StringVal(net.IP(network.Mask).String()), nil
			}}),
		"cidrsubnet": function.New(&function.Spec{Params: []function.Parameter{prefix, number, number}, Type: text,
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				_, network, err := net.ParseCIDR(args[0].AsString())
				if err != nil {
					return cty.NilVal, err
				}
				subnet, err := cidr.SubnetBig(network, int(min(200, toInt(args[1]))), whole(args[2]))
				if err != nil {
					return cty.NilVal, err
				}
				return cty.StringVal(subnet.String()), nil
			}}),
		"cidrsubnets": function.New(&function.Spec{Params: []function.Parameter{prefix}, VarParam: &number,
			Type: function.StaticReturnType(cty.List(cty.String)), Impl: subnets}),
	}
}

func whole(v cty.Value) *big.Int {
	if v.AsBigFloat().MantExp(nil) > 200 {
		return new(big.Int)
	}
	n, _ := v.AsBigFloat().Int(nil)
	return n
}

// subnets are consecutive ranges of addresses.
func subnets(args []cty.Value, _ cty.Type) (cty.Value, error) {
	_, network, err := net.ParseCIDR(args[0].AsString())
	if err != nil {
		return cty.NilVal, err
	}
	if len(args) == 1 {
		return cty.ListValEmpty(cty.String), nil
	}
	begins, _ := network.Mask.Size()
	var current *net.IPNet
	var all []cty.Value
	for _, arg := range args[1:] {
		length := begins + int(min(200, max(0, toInt(arg))))
		if current == nil {
			current, err = cidr.Subnet(network, length-begins, 0)
			if err != nil {
				return cty.NilVal, err
			}
		} else {
			next, over := cidr.NextSubnet(current, length)
			if over || !network.Contains(next.IP) {
				return cty.NilVal, errors.New("there is not enough room for all of them")
			}
			current = next
		}
		all = append(all, cty.StringVal(current.String()))
	}
	return cty.ListVal(all), nil
}
