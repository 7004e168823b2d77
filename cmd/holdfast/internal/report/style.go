package report

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
)

// TextOptions say how text is laid out.
type TextOptions struct {
	Color bool // styled with ANSI sequences
	// Width in columns at which prose is wrapped; 0 never wraps, as is right
	// for a pipe. Locations and names are never broken.
	Width int
	// Verbose also shows what is otherwise only counted: waived and existing
	// findings, all that was not evaluated, long contents.
	Verbose bool
	// Excerpt, if set, gives the source lines around the finding of that index
	// in the report, masked; Text shows them below it.
	Excerpt func(finding int) []sources.Line
	// UncoveredBlocks is set where a resource that no rule looked at blocks.
	UncoveredBlocks bool
}

// palette is the styles of the text renderers. It uses the sixteen colours
// that a terminal's theme defines, so that it is legible on dark and light.
type palette struct {
	plain, bold, dim, red, yellow, green, cyan lipgloss.Style
}

func newPalette(color bool) palette {
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(termenv.Ascii)
	if color {
		renderer.SetColorProfile(termenv.ANSI)
	}
	// Without TabWidth lipgloss would turn the tabs of contents into spaces.
	style := renderer.NewStyle().Inline(true).TabWidth(lipgloss.NoTabConversion)
	return palette{
		plain:  style,
		bold:   style.Bold(true),
		dim:    style.Faint(true),
		red:    style.Foreground(lipgloss.Color("1")).Bold(true),
		yellow: style.Foreground(lipgloss.Color("3")),
		green:  style.Foreground(lipgloss.Color("2")),
		cyan:   style.Foreground(lipgloss.Color("6")),
	}
}

func (p palette) decision(d policy.Decision) lipgloss.Style {
	if d == policy.Warn {
		return p.yellow
	}
	return p.red
}

// printer collects lines. Writing to memory cannot fail, so that only the
// caller's single Write has an error to handle.
type printer struct {
	strings.Builder
	palette
	options TextOptions
	told    map[string]bool // rules whose remediation was shown
}

func newPrinter(options TextOptions) *printer {
	return &printer{palette: newPalette(options.Color), options: options, told: map[string]bool{}}
}

// line writes already styled parts and ends the line.
func (p *printer) line(parts ...string) {
	p.WriteString(strings.TrimRight(strings.Join(parts, ""), " ") + "\n")
}

// prose writes text under an indent, wrapped at the width, each line in style.
// A text's own line breaks are kept.
func (p *printer) prose(indent string, style lipgloss.Style, text string) {
	for paragraph := range strings.SplitSeq(strings.TrimRight(printable(text), "\n"), "\n") {
		for _, line := range wrap(paragraph, p.options.Width-len(indent)) {
			p.line(indent, style.Render(line))
		}
	}
}

// minWidth is the number of columns under which wrapping does more harm than good.
const minWidth = 20

// wrap breaks text at spaces into lines of at most width columns; a word that
// is longer stands alone, so that what is copied from it is whole.
func wrap(text string, width int) []string {
	if width < minWidth || lipgloss.Width(text) <= width {
		return []string{text}
	}
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case lipgloss.Width(line)+1+lipgloss.Width(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}
