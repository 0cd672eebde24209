# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Objects to name addresses of, and how to ask.

NAME_ADDRESSES=$DLSCOPE_BUILD/tests/name_addresses

# build_c FILE [FLAG...]: code.c as a shared object; its build-id is in BUILD_ID.
build_c() {
	local file=$1
	shift
	cat >code.c <<-'END'
		volatile int seed = 1;
		static inline __attribute__((always_inline)) int inner(int n)
		{ return n / seed; }
		static inline __attribute__((always_inline)) int middle(int n) { return inner(n + 1) + seed; }
		int outer(int n) { return middle(n) + seed; }
		static __attribute__((noinline, noclone)) int hidden(int n) { return n / seed + 3; }
		int other(int n) { return hidden(n) * seed; }
	END
	gcc -O1 -shared -fPIC "$@" -o "$file" code.c
	BUILD_ID=$(readelf -n "$file" | awk '/Build ID/ { print $3 }')
}

# strip_to_debug FILE DEBUG-FILE: moves debug information there, leaving a link.
strip_to_debug() {
	objcopy --only-keep-debug "$1" "$2"
	strip -g "$1"
	objcopy --add-gnu-debuglink="$2" "$1"
}

# address_of FILE FUNCTION: of the division in it if there is one, else its first byte
address_of() {
	local start size division
	read -r start size < <(nm -S "$1" | awk -v f="$2" '$4 == f { print $1, $2; exit }')
	division=$(objdump -d --start-address=0x"$start" --stop-address=$((16#$start + 16#$size)) "$1" |
		awk '/idiv/ { sub(":", "", $1); print $1; exit }')
	echo "0x${division:-$start}"
}

# name_line LINE [OPTION...]: asks name_addresses; `lines` has the answers
name_line() {
	local line=$1
	local -a as=()
	shift
	[ -z "${WITHOUT_PRIVILEGES-}" ] || as=(setpriv --bounding-set=-all --inh-caps=-all)
	run --separate-stderr -- "${as[@]}" "$NAME_ADDRESSES" "$@" <<<"$line"
	[ "$status" -eq 0 ] || fail "status $status: $output $stderr"
}

# name_address PATH BUILD-ID ADDRESS [OPTION...]
name_address() {
	local line="$1 $2 0 0 $3"
	shift 3
	name_line "$line" "$@"
}

# name_function FILE FUNCTION [OPTION...]; the address is looked up the first time,
# so that a file can be stripped in between
name_function() {
	local file=$1 function=$2 id
	shift 2
	if [ -n "$(nm "$file" 2>/dev/null | awk -v f="$function" '$3 == f')" ]; then
		LAST_ADDRESS=$(address_of "$file" "$function")
	fi
	id=$(readelf -n "$file" | awk '/Build ID/ { print $3 }')
	name_address "$PWD/$file" "$id" "$LAST_ADDRESS" "$@"
}

assert_names() {
	[[ $output =~ $1 ]] || fail "not \"$1\": $output; stderr: $stderr"
}

# damage_section FILE COPY SECTION: a copy with bytes of that section changed
damage_section() {
	"$PYTHON" - "$@" <<-'END'
		import re, subprocess, sys
		file, copy, section = sys.argv[1:]
		table = subprocess.run(["readelf", "-SW", file], capture_output=True, text=True).stdout
		offset, size = (int(x, 16) for x in re.search(re.escape(section) + r"\s+\S+\s+\S+\s+(\S+)\s+(\S+)", table).groups())
		data = bytearray(open(file, "rb").read())
		for i in range(offset + 3, offset + size, 5):
		    data[i] = data[i] * 37 + 201 & 255
		open(copy, "wb").write(data)
	END
}
