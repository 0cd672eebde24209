# SPDX-License-Identifier: MIT
# The fronts through which programs load: what the report names is what was written.

load ../lib/common
load ../lib/runtimes

# via_of NAME EXPECTED: by what the load of that file was made, None for none
via_of() {
	"$PYTHON" -c '
import json, sys
loads = json.load(open("report.json"))["loads"]
seen = {str(l["via"]) for l in loads if l["requested"] and l["requested"].split("/")[-1] == sys.argv[1]}
assert seen == {sys.argv[2]}, (seen, [(l["requested"], l["via"]) for l in loads])' "$1" "$2"
}

# program FILE LIBRARY <source on stdin>: one that calls a library without its headers
program() {
	[ -e "$2" ] || skip "$2 is not installed (make test ALL=1 installs it)"
	gcc -w -o "$1" -x c - -x none "$2"
}

@test "dlopen itself" {
	compile libit.so <<<'int nothing;'
	gcc -w -o try -x c - <<<'#include <dlfcn.h>
		int main(void) { return !dlopen("./libit.so", RTLD_NOW); }'
	both_ways ./try
	via_of libit.so None
}

@test "ctypes, and imports beside it" {
	compile libit.so <<<'int nothing;'
	both_ways "$PYTHON" -c 'import ctypes, _sqlite3; ctypes.CDLL("./libit.so")'
	via_of libit.so ctypes.CDLL
	"$PYTHON" -c '
import json
m = {m["name"]: m["via"] for m in json.load(open("report.json"))["modules"]}
assert m["_sqlite3"] is None and m["_ctypes"] is None, m'
	"$DLSCOPE" report T --show "load:$("$PYTHON" -c 'import json; print([l["id"] for l in json.load(open("report.json"))["loads"] if l["via"]][0])')" | grep -q '^  via  *ctypes.CDLL$'
}

@test "cffi" {
	"$PYTHON" -c 'import _cffi_backend' 2>/dev/null || skip "python3-cffi-backend is not installed (make test ALL=1 installs it)"
	compile libit.so <<<'int nothing;'
	both_ways "$PYTHON" -c 'import _cffi_backend; _cffi_backend.load_library("./libit.so", 2)'
	via_of libit.so ffi.dlopen
}

@test "node: process.dlopen, not uv_dlopen below it" {
	need_command node
	compile good.node <<<'void *napi_register_module_v1(void *env, void *exports) { return exports; }'
	both_ways node -e 'require("./good.node")'
	via_of good.node process.dlopen
	"$DLSCOPE" report T --output-columns MODULE,VIA | grep -q '^good *process.dlopen$'
}

@test "libuv" {
	program try /usr/lib/x86_64-linux-gnu/libuv.so.1 <<-'END'
		#include <stdio.h>
		int uv_dlopen(const char *, void *); int uv_dlsym(void *, const char *, void **);
		int main(void) { char lib[64]; void *f; int a = uv_dlopen("./libit.so", lib); printf("%d %d\n", a, uv_dlsym(lib, "it", &f)); }
	END
	compile libit.so <<<'int it(void) { return 1; }'
	both_ways ./try
	via_of libit.so uv_dlopen
}

@test "libltdl" {
	program try /usr/lib/x86_64-linux-gnu/libltdl.so.7 <<-'END'
		#include <stdio.h>
		int lt_dlinit(void); void *lt_dlopen(const char *); void *lt_dlsym(void *, const char *);
		int main(void) { lt_dlinit(); void *h = lt_dlopen("./libit.so"); printf("%d %d\n", !!h, h && lt_dlsym(h, "it")); }
	END
	compile libit.so <<<'int it(void) { return 1; }'
	both_ways ./try
	via_of libit.so lt_dlopen
}

@test "GModule" {
	program try /usr/lib/x86_64-linux-gnu/libgmodule-2.0.so.0 <<-'END'
		#include <stdio.h>
		void *g_module_open(const char *, int); int g_module_symbol(void *, const char *, void **);
		int main(void) { void *f, *h = g_module_open("./libit.so", 0); printf("%d %d\n", !!h, h && g_module_symbol(h, "it", &f)); }
	END
	compile libit.so <<<'int it(void) { return 1; }'
	both_ways ./try
	via_of libit.so g_module_open
}

@test "APR" {
	program try /usr/lib/x86_64-linux-gnu/libapr-1.so.0 <<-'END'
		#include <stdio.h>
		int apr_initialize(void), apr_pool_create_ex(void **, void *, void *, void *), apr_dso_load(void **, const char *, void *);
		int main(void) { void *pool, *h; apr_initialize(); apr_pool_create_ex(&pool, 0, 0, 0); printf("%d\n", apr_dso_load(&h, "./libit.so", pool)); }
	END
	compile libit.so <<<'int it(void) { return 1; }'
	both_ways ./try
	via_of libit.so apr_dso_load
}

@test "QLibrary" {
	program try /usr/lib/x86_64-linux-gnu/libQt5Core.so.5 <<-'END'
		#include <stdio.h>
		void text(void *, const char *, int) asm("_ZN7QString15fromUtf8_helperEPKci");
		void construct(void *, void *, void *) asm("_ZN8QLibraryC1ERK7QStringP7QObject");
		int load(void *) asm("_ZN8QLibrary4loadEv");
		int main(void) { void *name[1]; char lib[64] = { 0 };
			void *(*helper)(void *, const char *, int) = (void *)text;
			helper(name, "./libit.so", 10); construct(lib, name, 0); printf("%d\n", load(lib) & 255); }
	END
	compile libit.so <<<'int it(void) { return 1; }'
	both_ways ./try
	via_of libit.so QLibrary
}

@test "System.load, and not what libjvm loads for itself" {
	need_command javac
	compile libit.so <<<'int nothing;'
	printf 'public class Try { public static void main(String[] a) { System.load(System.getProperty("user.dir") + "/libit.so"); } }' >Try.java
	javac Try.java
	both_ways java -cp . Try
	via_of libit.so System.load
	via_of libjava.so None
}

@test "JNA" {
	need_command javac
	[ -e /usr/share/java/jna.jar ] || skip "libjna-java is not installed (make test ALL=1 installs it)"
	compile libit.so <<<'int it(void) { return 42; }'
	cat >Try.java <<-'END'
		public class Try {
			public static void main(String[] a) {
				for (int i = 0; i < 2; i++)
					System.out.println(com.sun.jna.NativeLibrary.getInstance("./libit.so").getFunction("it").invokeInt(null));
				try { com.sun.jna.NativeLibrary.getInstance("./libgone.so"); }
				catch (UnsatisfiedLinkError e) { System.out.println("caught"); }
			}
		}
	END
	javac -cp /usr/share/java/jna.jar Try.java
	both_ways java -cp /usr/share/java/jna.jar:. Try
	via_of libit.so Native.load
	via_of libjnidispatch.system.so System.load
}

@test "Ruby: Fiddle, FFI, and imports beside them" {
	need_command ruby
	ruby -e 'require "ffi"' 2>/dev/null || skip "ruby-ffi is not installed (make test ALL=1 installs it)"
	compile libit.so <<<'int it(void) { return 42; }'
	compile libother.so <<<'int other(void) { return 43; }'
	both_ways ruby -e '
		require "fiddle"; require "ffi"; require "date"
		puts Fiddle::Function.new(Fiddle.dlopen("./libit.so")["it"], [], Fiddle::TYPE_INT).call
		begin; Fiddle.dlopen("./libgone.so"); rescue Fiddle::DLError; puts "caught"; end
		module Other; extend FFI::Library; ffi_lib "./libother.so"; attach_function :other, [], :int; end
		puts Other.other'
	via_of libit.so Fiddle.dlopen
	via_of libgone.so Fiddle.dlopen
	via_of libother.so FFI::DynamicLibrary.open
	via_of date_core.so None
}

@test "android_dlopen_ext, where a library provides it, and what is loaded inside" {
	compile libandroid.so <<-'END'
		#include <dlfcn.h>
		void *android_dlopen_ext(const char *file, int mode, const void *more) { return dlopen(file, mode); }
	END
	compile libit.so <<-'END'
		#include <dlfcn.h>
		int it(void) { return 1; }
		__attribute__((constructor)) static void load(void) { dlopen("./libinner.so", RTLD_NOW); }
	END
	compile libinner.so <<<'int nothing;'
	gcc -w -o try -x c - -x none "$PWD/libandroid.so" <<-'END'
		#include <dlfcn.h>
		#include <stdio.h>
		void *android_dlopen_ext(const char *, int, const void *);
		int main(void) {
			void *h = android_dlopen_ext("./libit.so", RTLD_NOW, 0);
			printf("%d %d\n", h && dlsym(h, "it"), !!android_dlopen_ext("./libgone.so", RTLD_NOW, 0));
			puts(dlerror());
		}
	END
	both_ways ./try
	via_of libit.so android_dlopen_ext
	via_of libgone.so android_dlopen_ext
	via_of libinner.so None
	check "
outer, inner = [[l for l in r['loads'] if l['requested'].endswith(n)][0] for n in ('libit.so', 'libinner.so')]
assert inner['parent'] == outer['id'] and inner['outcome'] == 'loaded', (outer, inner)
assert [f for f in r['failures'] if 'libgone.so' in f['message']], r['failures']"
}

@test "dlmopen and dlvsym are what they are" {
	compile libit.so <<<'int it(void) { return 1; }'
	gcc -w -o try -x c - <<<'#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <stdio.h>
		int main(void) { void *h = dlmopen(LM_ID_NEWLM, "./libit.so", RTLD_NOW);
			printf("%d %d\n", !!h, !!dlvsym(RTLD_DEFAULT, "printf", "GLIBC_2.2.5")); }'
	both_ways ./try
	check "
x = [l for l in r['loads'] if l['requested'] == './libit.so'][0]
assert (x['function'], x['via'], x['outcome']) == ('dlmopen', None, 'loaded') and x['namespace'] != 0, x
assert [s for s in r['symbols'] if s['symbol'] == 'printf' and s['version'] == 'GLIBC_2.2.5'], r['symbols']"
}
