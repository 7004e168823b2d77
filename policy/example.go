package policy

import "strings"

// Example shows what a rule accepts and what it finds, as whole documents.
type Example struct {
	Good   string         `json:"good,omitempty"`
	Bad    string         `json:"bad,omitempty"`
	Params map[string]any `json:"params,omitempty"` // the parameters with which it is one, if the defaults do not do
}

// ExampleFile is a name that says what an example is written in.
func ExampleFile(text string) string {
	for line := range strings.Lines(text) {
		for _, block := range []string{`resource "`, `data "`, `provider "`, "terraform {", `variable "`, `module "`} {
			if strings.HasPrefix(line, block) {
				return "main.tf"
			}
		}
	}
	return "example.yaml"
}
