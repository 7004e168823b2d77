package config

import "strconv"

// decodeDecryption reads what keys there are: a mapping, or several in a list.
func (c *Config) decodeDecryption(value any, dir string) {
	list, isList := value.([]any)
	if !isList && value != nil {
		list = []any{value}
	}
	for i, item := range list {
		fields, isMapping := item.(map[string]any)
		if !isMapping {
			continue // reported already
		}
		at := []string{"decryption"}
		if isList {
			at = append(at, strconv.Itoa(i))
		}
		text := func(key string) string {
			file, _ := fields[key].(string)
			return onDisk(dir, file)
		}
		d := Decryption{AgeKeyFile: text("ageKeyFile"), PGPKeyFile: text("pgpKeyFile")}
		scope, isScoped := fields["scope"]
		if isScoped {
			if d.Scope = c.scope(scope, at); len(d.Scope) == 0 {
				continue // reported, and without it they would be for all
			}
		}
		if isScoped && len(fields) == 1 {
			c.doc.failValue(pointer(at...), label(at)+"a scope is of keys; name their file with ageKeyFile or pgpKeyFile")
		}
		c.Decryption = append(c.Decryption, d)
	}
}
