package report

import _ "embed"

//go:embed schema.json
var schema string

// Schema is the JSON Schema (draft 2020-12) of what JSON writes. It knows
// every key: one that is not in it is not in the contract.
func Schema() string { return schema }
