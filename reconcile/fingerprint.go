package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/holdfast-dev/holdfast/policy"
)

// fingerprint names each finding, records[i] being that of findings[i]. The
// name is the same in every report for as long as the finding is, in the sense
// of sameness: lines may move, the message and what it is about may not. Where
// several are the same in that sense, they are told apart by their order,
// which the engine keeps.
func fingerprint(records []FindingRecord, findings []policy.Finding) {
	seen := map[string]int{}
	for i := range records {
		what := sameness(&findings[i])
		seen[what]++
		sum := sha256.Sum256([]byte("finding/1\x00" + what + "\x00" + strconv.Itoa(seen[what])))
		records[i].Fingerprint = hex.EncodeToString(sum[:16])
	}
}
