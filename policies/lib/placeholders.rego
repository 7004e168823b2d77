# METADATA
# title: Placeholders
# description: |
#   Texts that something fills in before a manifest is applied, so that nothing
#   can be said of them: ${NAME} of envsubst and of Flux's substitutions, $(NAME)
#   of OpenShift's and Kustomize's, {{ … }} of templates, and words for people or
#   scripts to replace, such as <NAME>, {NAME} and __NAME__.
package holdfast.lib.placeholders

# within is true for a text with a placeholder in it.
within(text) if {
	is_string(text)
	regex.match(`\$[({]|\{\{|^(?:<.+>|\{[A-Za-z_]+\}|__.+__)$`, text)
}
