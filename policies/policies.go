// Package policies embeds the built-in library: Rego only, one rule a file,
// each with its tests beside it, in a folder for each category; lib holds the
// functions that rules share, and no rule.
package policies

import "embed"

// Library is the tree of the built-in rules and their tests.
//
//go:embed security allocation dr lib
var Library embed.FS
