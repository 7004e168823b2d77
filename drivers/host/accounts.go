package host

import (
	"fmt"
	"os/user"
	"strconv"
)

// accounts maps between names and numbers of users and groups, as this machine
// knows them. It remembers answers, for the length of one call of the driver.
type accounts struct {
	users, groups map[int]string
}

func newAccounts() *accounts {
	return &accounts{users: map[int]string{}, groups: map[int]string{}}
}

// user is the name of a user, or the number where it has none.
func (a *accounts) user(id int) string {
	name, known := a.users[id]
	if !known {
		name = strconv.Itoa(id)
		if found, err := user.LookupId(name); err == nil {
			name = found.Username
		}
		a.users[id] = name
	}
	return name
}

func (a *accounts) group(id int) string {
	name, known := a.groups[id]
	if !known {
		name = strconv.Itoa(id)
		if found, err := user.LookupGroupId(name); err == nil {
			name = found.Name
		}
		a.groups[id] = name
	}
	return name
}

// userID is the number of a user given by name or number.
func (a *accounts) userID(name string) (int, error) {
	if numeric.MatchString(name) {
		return strconv.Atoi(name)
	}
	found, err := user.Lookup(name)
	if err != nil {
		return 0, fmt.Errorf("owner %q is not a user of this machine: create the user first", name)
	}
	return strconv.Atoi(found.Uid)
}

func (a *accounts) groupID(name string) (int, error) {
	if numeric.MatchString(name) {
		return strconv.Atoi(name)
	}
	found, err := user.LookupGroup(name)
	if err != nil {
		return 0, fmt.Errorf("group %q is not a group of this machine: create the group first", name)
	}
	return strconv.Atoi(found.Gid)
}

// userName and groupName put a name or number as user and group do, so that
// "0" and "root" are the same. One that is not known stays as it is.
func (a *accounts) userName(name string) string {
	if id, err := a.userID(name); err == nil {
		return a.user(id)
	}
	return name
}

func (a *accounts) groupName(name string) string {
	if id, err := a.groupID(name); err == nil {
		return a.group(id)
	}
	return name
}
