package migrate

import (
	"fmt"
	"strings"
)

// leaveElsewhere has the targets written as comments whose manifests are in another
// repository than those of most: that there is such a path here says nothing.
func (c *carrier) leaveElsewhere() {
	counts := map[string]int{}
	for _, t := range c.targets {
		if t.repository != "" {
			counts[address(t.repository)]++
		}
	}
	home, most := "", 0
	for _, t := range c.targets { // of several with as many, the first that is written
		if at := address(t.repository); t.repository != "" && counts[at] > most {
			home, most = at, counts[at]
		}
	}
	for _, t := range c.targets {
		if t.repository != "" && address(t.repository) != home && t.lacking == "" {
			t.lacking = fmt.Sprintf("its manifests are in %s, and those of most others are not; that repository needs a holdfast.yaml of its own", withoutUser(t.repository))
		}
	}
}

// address is a repository's host and path, however its URL is written.
func address(url string) string {
	if _, rest, found := strings.Cut(url, "://"); found {
		url = rest
	} else {
		url = strings.Replace(url, ":", "/", 1) // git@host:path
	}
	host, path, _ := strings.Cut(url, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	return strings.ToLower(host) + "/" + strings.TrimSuffix(strings.TrimSuffix(path, "/"), ".git")
}
