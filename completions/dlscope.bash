# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion for bash; scripts/make_docs fills in verbs and options.

_dlscope_options() {
	case $1 in
@VERB_OPTIONS@
	*) options="--help --version" ;;
	esac
}

# The word after -- is a command, those behind it are the command's business.
_dlscope() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local verb='' options='' index

	for ((index = 1; index < COMP_CWORD; index++)); do
		if [[ ${COMP_WORDS[index]} == -- ]]; then
			mapfile -t COMPREPLY < <(compgen -c -f -- "$current")
			return
		fi
	done
	if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* ]]; then
		verb=${COMP_WORDS[1]}
	fi
	_dlscope_options "$verb"
	case $previous in
	--color) mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$current") ;;
	@VALUE_OPTIONS@ | -o) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	*)
		if [[ $current == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$options --" -- "$current")
		elif ((COMP_CWORD == 1)); then
			mapfile -t COMPREPLY < <(compgen -W "@VERBS@ --" -- "$current")
		else
			mapfile -t COMPREPLY < <(compgen -d -- "$current")
		fi
		;;
	esac
}

complete -o filenames -F _dlscope dlscope
