# SPDX-License-Identifier: MIT
# Names for addresses: what files of every kind, and damaged ones, are worth.
# tests/lib/name_addresses.c asks the symbolizer; no trace is involved.
#
# bats file_tags=analyzer

load ../lib/common
load ../lib/symbols

@test "function, file and line; inlined functions; C" {
	build_c lib.so -g
	name_function lib.so outer
	assert_names '^inner [^ ]*/code\.c:3 < middle [^ ]*/code\.c:4 < outer [^ ]*/code\.c:5$'
}

@test "without debug information the symbol table names the function" {
	build_c lib.so
	name_function lib.so outer
	assert_names '^outer \?:0$'
}

@test "a function that is not exported, too" {
	build_c lib.so
	name_function lib.so hidden
	assert_names '^hidden \?:0$'
}

@test "of several names of one address the public one" {
	printf 'int __internal(void) { return 1; }\nextern __typeof(__internal) public_name __attribute__((alias("__internal")));\n' >code.c
	gcc -shared -fPIC -o lib.so code.c
	name_function lib.so __internal
	assert_names '^public_name \?:0$'
}

@test "compressed sections, DWARF 4, units without .debug_aranges" {
	local flag
	for flag in -gz -gdwarf-4; do
		build_c lib.so -g $flag
		name_function lib.so outer
		assert_names '^inner [^ ]*/code\.c:3 < '
	done
	objcopy -R .debug_aranges lib.so
	name_function lib.so outer
	assert_names '^inner [^ ]*/code\.c:3 < '
}

@test "C++ names are readable, with their namespace and parameters" {
	cat >code.cc <<-'END'
		#include <string>
		namespace plug { namespace {
		struct Host { template <class T> static int load(const std::string &name, T t); };
		template <class T> __attribute__((noinline)) int Host::load(const std::string &name, T t) { return name.size() + t; }
		} __attribute__((noinline)) int start(const std::string &name) { return Host::load(name, 1L) + 1; } }
	END
	g++ -g -O1 -shared -fPIC -o lib.so code.cc
	name_function lib.so _ZN4plug5startERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE
	assert_names '^plug::start\(std::__cxx11::basic_string<char, .*> const&\) [^ ]*/code\.cc:5$'
	strip -g lib.so
	name_function lib.so _ZN4plug5startERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE
	assert_names '^plug::start\(std::__cxx11::basic_string<char, .*> const&\) \?:0$'
	nm lib.so | grep -q 'Host4loadIl'
	name_function lib.so "$(nm lib.so | awk '/Host4loadIl/ { print $3; exit }')"
	assert_names '^int plug::\(anonymous namespace\)::Host::load<long>'
}

@test "Rust names are readable, old and new scheme" {
	need_command rustc
	local flags name
	cat >code.rs <<-'END'
		pub mod plugin { pub struct Host { pub n: u32 }
		impl Host { #[inline(never)] pub fn load(&self, name: &str) -> u32 { self.n + name.len() as u32 } } }
		#[no_mangle] pub extern "C" fn start(n: u32) -> u32 { plugin::Host { n }.load("spam") }
	END
	for flags in "" "-C symbol-mangling-version=v0"; do
		# shellcheck disable=SC2086 # two words
		rustc -g $flags --crate-type cdylib -o lib.so code.rs
		name=$(nm lib.so | awk '/Host.*load/ { print $3; exit }')
		name_function lib.so "$name"
		assert_names '^(<?code::plugin::Host>?::load) [^ ]*code\.rs:2$'
	done
}

@test "debug files: beside the file, in .debug, by path and by build-id in a debug directory" {
	local place
	mkdir there
	build_c there/lib.so -g
	strip_to_debug there/lib.so lib.debug
	name_function there/lib.so outer
	assert_names '^outer \?:0$'
	for place in there/lib.debug there/.debug/lib.debug "D$PWD/there/lib.debug" \
		"D/.build-id/${BUILD_ID:0:2}/${BUILD_ID:2}.debug"; do
		mkdir -p "$(dirname "$place")"
		cp lib.debug "$place"
		name_function there/lib.so outer --debug-dir "$PWD/none:$PWD/D"
		assert_names '^inner [^ ]*/code\.c:3 < '
		rm "$place"
	done
}

@test "a debug file of another build is not believed" {
	build_c lib.so -g
	strip_to_debug lib.so lib.debug
	sed -i s/inner/wrong/g code.c
	gcc -g -O1 -shared -fPIC -Wl,--build-id=0x0badcafe -o other.so code.c
	objcopy --only-keep-debug other.so lib.debug
	name_function lib.so outer
	assert_names '^outer \?:0$'
}

@test "what dwz has moved to a common file (debugaltlink)" {
	need_command dwz
	build_c one.so -g
	gcc -g -O1 -shared -fPIC -Wl,--build-id=0x02020202 -o two.so code.c
	dwz -m common.debug one.so two.so
	readelf -S one.so | grep -q gnu_debugaltlink
	name_function one.so outer
	assert_names '^inner [^ ]*/code\.c:3 < middle'
	rm common.debug
	name_function one.so outer
	assert_names '^[^ ]* '
}

@test "MiniDebugInfo: the compressed symbol table of a stripped file" {
	need_command xz
	build_c lib.so
	name_function lib.so hidden
	objcopy --only-keep-debug lib.so mini.debug
	strip lib.so
	name_function lib.so hidden
	assert_names '^\?$'
	xz mini.debug
	objcopy --add-section .gnu_debugdata=mini.debug.xz lib.so
	name_function lib.so hidden
	assert_names '^hidden \?:0$'
}

@test "--sysroot: the files of another system, with their debug files" {
	mkdir -p root/opt root/usr/lib/debug/opt
	build_c root/opt/lib.so -g
	strip_to_debug root/opt/lib.so root/usr/lib/debug/opt/lib.debug
	name_address /opt/lib.so "$BUILD_ID" "$(address_of root/opt/lib.so outer)" --sysroot "$PWD/root"
	assert_names '^inner [^ ]*/code\.c:3 < '
	name_address /opt/lib.so "$BUILD_ID" "$(address_of root/opt/lib.so outer)"
	assert_names '^\?$'
	assert_stderr_empty
}

@test "debuginfod is asked when that is wanted, and only then" {
	build_c lib.so -g
	strip_to_debug lib.so lib.debug
	mkdir -p "server/buildid/$BUILD_ID"
	mv lib.debug "server/buildid/$BUILD_ID/debuginfo"
	export DEBUGINFOD_URLS="file://$PWD/server/" DEBUGINFOD_CACHE_PATH=$PWD/cache
	name_function lib.so outer
	assert_names '^outer \?:0$'
	[ ! -e cache ]
	ldconfig -p | grep -q libdebuginfod.so.1 || skip "libdebuginfod is not installed"
	name_function lib.so outer --debuginfod
	assert_names '^inner [^ ]*/code\.c:3 < '
}

# --- files that are not to be believed ----------------------------------------------

@test "a file that has changed since is refused by its build-id, and that is said" {
	build_c lib.so -g
	local address=$(address_of lib.so outer)
	name_address "$PWD/lib.so" 0123456789abcdef "$address"
	assert_names '^\?$'
	assert_one_complaint
	assert_stderr_has "$PWD/lib.so"
	assert_stderr_has "build-id $BUILD_ID, recorded was 0123456789abcdef"
}

@test "its debug file serves when the file itself has changed" {
	build_c lib.so -g
	local address=$(address_of lib.so outer) id=$BUILD_ID
	mkdir -p "D/.build-id/${id:0:2}"
	objcopy --only-keep-debug lib.so "D/.build-id/${id:0:2}/${id:2}.debug"
	gcc -shared -fPIC -Wl,--build-id=0x0badcafe -o lib.so code.c
	name_address "$PWD/lib.so" "$id" "$address" --debug-dir "$PWD/D"
	assert_names '^inner [^ ]*/code\.c:3 < '
	assert_stderr_empty
}

@test "without a build-id size and time tell" {
	build_c lib.so -Wl,--build-id=none
	local address=$(address_of lib.so outer) size=$(stat -c %s lib.so) mtime=$(date -r lib.so +%s%N)
	name_line "$PWD/lib.so - $size $mtime $address"
	assert_names '^outer'
	name_line "$PWD/lib.so - $size $((mtime + 1)) $address"
	assert_names '^\?$'
	assert_one_complaint
	name_line "$PWD/lib.so - $((size + 1)) $mtime $address"
	assert_names '^\?$'
	assert_one_complaint
}

@test "a file that is not there is no complaint" {
	name_address "$PWD/gone.so" 0123 0x1000
	assert_names '^\?$'
	assert_stderr_empty
}

@test "what cannot be opened: one complaint with the reason" {
	build_c lib.so -g
	local path address=$(address_of lib.so outer)
	ln -s loop2 loop1
	ln -s loop1 loop2
	mkfifo pipe
	mkdir directory
	cp lib.so secret.so
	chmod 000 secret.so
	echo "no ELF file" >text
	: >empty
	for path in loop1 pipe directory text empty; do
		name_address "$PWD/$path" "$BUILD_ID" "$address"
		assert_names '^\?$'
		assert_one_complaint
		assert_stderr_has "/$path "
	done
	# root may read everything, unless it gives that up
	WITHOUT_PRIVILEGES=1 name_address "$PWD/secret.so" "$BUILD_ID" "$address"
	assert_names '^\?$'
	assert_one_complaint
	assert_stderr_has "Permission denied"
}

@test "a file of 4 GB, nearly all of it holes" {
	build_c lib.so -g
	local address=$(address_of lib.so outer)
	cp lib.so large.so
	truncate -s 4G large.so
	name_address "$PWD/large.so" "$BUILD_ID" "$address"
	assert_names '^inner [^ ]*/code\.c:3 < '
	truncate -s 0 holes.so
	truncate -s 4G holes.so
	name_address "$PWD/holes.so" "$BUILD_ID" "$address"
	assert_names '^\?$'
	assert_one_complaint
}

@test "cut off anywhere: a name or none, never a crash" {
	build_c lib.so -g
	local address=$(address_of lib.so outer) size=$(stat -c %s lib.so) part
	for part in {0..39}; do
		head -c $((size * part / 40)) lib.so >cut.so
		name_address "$PWD/cut.so" "$BUILD_ID" "$address"
		assert_names '^(\?|(inner|outer) .*)$'
	done
}

@test "damaged DWARF: a name or none, never a crash" {
	build_c lib.so -g
	local address=$(address_of lib.so outer) section
	for section in debug_info debug_abbrev debug_line debug_str debug_aranges symtab strtab dynsym; do
		damage_section lib.so bad.so .$section
		name_address "$PWD/bad.so" "$BUILD_ID" "$address"
		[ "${#lines[@]}" -eq 1 ]
	done
}

@test "what fuzzing has kept: a name or none, never a crash" {
	local file id address
	for file in "$DLSCOPE_SOURCE"/tests/fuzz/corpus/*; do
		id=$(readelf -n "$file" 2>/dev/null | awk '/Build ID/ { print $3; exit }')
		for address in 0x120 0x2b0 0x1000 0x1120; do
			echo "$file ${id:--} $(stat -c '%s' "$file") $(date -r "$file" +%s%N) $address"
		done
	done >asked
	[ "$(wc -l <asked)" -gt 200 ]
	run --separate-stderr -- "$NAME_ADDRESSES" <asked
	assert_status 0
	[ "${#lines[@]}" -eq "$(wc -l <asked)" ]
	# some are whole
	[[ $output == *outer* ]] || fail "$output"
}
