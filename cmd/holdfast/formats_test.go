package main

import (
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
)

// contract is the schema of what check writes as JSON.
var contract = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(report.Schema()))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("report.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("report.json")
})

// inContract holds a document to the schema if it is the report of a check.
func inContract(value any) error {
	document, _ := value.(map[string]any)
	_, findings := document["findings"]
	_, audit := document["generated"]
	if document["version"] == nil || !findings || audit {
		return nil
	}
	schema, err := contract()
	if err != nil {
		return err
	}
	return schema.Validate(value)
}
