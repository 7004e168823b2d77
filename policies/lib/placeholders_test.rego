package holdfast.lib.placeholders_test

import data.holdfast.lib.placeholders

test_placeholders if {
	every text in [
		"${SIZE}", "app.${DOMAIN}", "${SIZE:=5Gi}", "$(SIZE)", "{{ .Values.size }}", "x{{size}}",
		"<size>", "<path:secret/data/app#size>", "{IMAGE}", "__SIZE__",
	] {
		placeholders.within(text)
	}
}

test_other_texts if {
	every text in ["", "5Gi", "$SIZE", "a{b}", "{a,b}", "{}", "<>", "a < b > c", "a_b", "____", "SIZE", 5, null, {}] {
		not placeholders.within(text)
	}
}
