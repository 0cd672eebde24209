# SPDX-License-Identifier: MIT
# What was built: exports, formats, compilers, documentation.

load ../lib/common

@test "the shared objects export and need exactly what is listed" {
	"$DLSCOPE_SOURCE/scripts/check_exports" "$DLSCOPE_BUILD"
}

@test "trace and report formats kept their promises" {
	"$DLSCOPE_SOURCE/scripts/check_schema"
}

@test "no package is missing or named twice" {
	run "$DLSCOPE_SOURCE/scripts/install-deps" --list
	[ "$status" -eq 0 ] || fail "missing: $output"
	[ -z "$output" ] || fail "not silent: $output"
	run bash -c 'grep -v "^#" "$DLSCOPE_SOURCE/scripts/packages.def" | cut -f1 | grep . | sort | uniq -d'
	[ -z "$output" ] || fail "named twice: $output"
}

@test "clang finds nothing to warn of" {
	need_command clang
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$DLSCOPE_SOURCE" CC=clang CXX=clang++ \
		BUILD="$DLSCOPE_BUILD-clang" all unit-programs
}

@test "the shim builds with the unwinder that does nothing" {
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$DLSCOPE_SOURCE" STACK=none BUILD="$DLSCOPE_BUILD-none" \
		"$DLSCOPE_BUILD-none/lib/dlscope/libdlscope.so" "$DLSCOPE_BUILD-none/lib/dlscope/libdlscope-lttng.so"
	"$DLSCOPE_SOURCE/scripts/check_exports" "$DLSCOPE_BUILD-none"
}

@test "manual pages name every option that --help does" {
	need_command scdoc
	for page in "$DLSCOPE_SOURCE"/man/*.scd; do
		"$DLSCOPE_SOURCE/scripts/make_docs" "$page" >page.scd
		scdoc <page.scd >"$(basename "$page" .scd)" || fail "$page is not scdoc"
	done
	echo '@VERBS@' >verbs
	# shellcheck disable=SC2046
	for verb in $("$DLSCOPE_SOURCE/scripts/make_docs" verbs) ''; do
		# shellcheck disable=SC2086  # no word for the form without a verb
		"$DLSCOPE" $verb --help | grep -oE -- '--[a-z][a-z-]+' | sort -u >options
		[ -s options ] || fail "no options in the help of '$verb'"
		while read -r option; do
			# roff writes a dash as \-
			sed 's/\\-/-/g; s/\\f.//g' dlscope.1 | grep -qF -- "$option" ||
				fail "dlscope(1) lacks $option of '$verb'"
		done <options
	done
}

# complete WORD...: what bash would offer for the last of the words.
complete_words() {
	COMP_WORDS=(dlscope "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_dlscope
	offered=" ${COMPREPLY[*]} "
}

@test "the completion offers verbs, and to each verb its own options" {
	"$DLSCOPE_SOURCE/scripts/make_docs" "$DLSCOPE_SOURCE/completions/dlscope.bash" >completion
	complete() { :; }
	# shellcheck source=/dev/null
	source ./completion
	complete_words re
	[ "$offered" = " record report " ] || fail "for re:$offered"
	complete_words report --fo
	[ "$offered" = " --format " ] || fail "for report --fo:$offered"
	complete_words record --fo
	[ "$offered" = "  " ] || fail "for record --fo:$offered"
	complete_words report --color a
	[ "$offered" = " auto always " ] || fail "for --color a:$offered"
	complete_words record -- tru
	[[ $offered == *" true "* ]] || fail "for record -- tru:$offered"
}

@test "what is installed works where it is, and uninstall leaves nothing" {
	local make=(env -u MAKEFLAGS -u MAKELEVEL make -s -C "$DLSCOPE_SOURCE" BUILD="$DLSCOPE_BUILD"
		PREFIX=/opt/dlscope DESTDIR="$PWD/root")
	"${make[@]}" install
	for file in bin/dlscope lib/dlscope/libdlscope.so lib/dlscope/libdlscope-lttng.so \
		share/dlscope/report.schema.json share/bash-completion/completions/dlscope; do
		[ -f "root/opt/dlscope/$file" ] || fail "$file is not installed"
	done
	[ -z "$(find root ! -uid "$(id -u)" -o -type f -perm /022)" ] || fail "$(find root -ls)"
	"$PWD/root/opt/dlscope/bin/dlscope" record -o trace -- "$PYTHON" -c 'import _ctypes'
	"$DLSCOPE" events trace >events
	grep -q "$PWD/root/opt/dlscope/lib/dlscope/.*libdlscope.so" events || fail "another libdlscope.so was preloaded"
	"${make[@]}" uninstall
	run find root ! -type d
	[ -z "$output" ] || fail "left: $output"
}

@test "README.md's table of runtimes says what the tables say" {
	"$DLSCOPE_SOURCE/scripts/runtimes_table" --check
}
