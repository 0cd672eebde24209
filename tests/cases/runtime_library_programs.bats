# SPDX-License-Identifier: MIT
# As runtime_programs.bats, for libraries that have modules of their own and for the
# fronts that programs load through: five and more, one of which fails and is tried again.

load ../lib/common
load ../lib/runtimes

# outcomes RUNTIME NAME=OUTCOME[,OUTCOME...]...: what became of the loads of each
outcomes() {
	"$PYTHON" - "$@" <<-'END'
		import json, sys
		r = json.load(open("report.json"))
		for name, expected in (x.split("=") for x in sys.argv[2:]):
		    seen = [m["outcome"] for m in r["modules"] if m["runtime"] == sys.argv[1] and m["name"] == name]
		    assert seen == expected.split(","), (name, seen)
		assert r["trace"]["lost_events"] == 0 and r["trace"]["complete"], r["trace"]
	END
}

need_library() {
	[ -e "/usr/lib/x86_64-linux-gnu/$1" ] || skip "$1 is not installed (make test ALL=1 installs it)"
}

# host LIBRARY [ANOTHER] <source on stdin>: ./try, which calls a library without its headers
host() {
	need_library "$1"
	gcc -w -o try -x c - -x none "/usr/lib/x86_64-linux-gnu/$1" ${2:+"/usr/lib/x86_64-linux-gnu/$2"} -ldl
}

@test "sqlite" {
	need_command sqlite3
	for name in one two three four five; do
		compile lib$name.so <<<"int sqlite3_${name}_init(void *db, char **error, const void *api) { return 0; }"
	done
	compile libbad.so <<<'int sqlite3_bad_init(void *db, char **error, const void *api) { return 1; }'
	printf '.load ./lib%s\n' one two bad three bad four five missing >try.sql
	cat >>try.sql <<-'END'
		create table t(a, b);
		with recursive n(i) as (select 1 union all select i + 1 from n where i < 100) insert into t select i, i * i from n;
		select sum(a), max(b), json_group_array(a) from t where a % 20 = 0;
		create virtual table words using fts5(w); insert into words values ('late start'), ('early'); select * from words('start');
		select nonsense;
	END
	both_ways sqlite3 -batch :memory: '.read try.sql'
	grep -q '300|10000' plain.out
	outcomes sqlite one=ok two=ok three=ok four=ok five=ok bad=failed,failed
}

@test "openssl" {
	need_command openssl
	for name in one two three bad; do
		compile $name.so <<-END
			struct dispatch { int id; void (*function)(void); };
			static const struct dispatch none[] = { { 0, 0 } };
			int OSSL_provider_init(void *core, void *in, const struct dispatch **out, void **context) { *out = none; return $([ $name = bad ] && echo 0 || echo 1); }
		END
	done
	cp /usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so . || skip "openssl-provider-legacy is not installed"
	host libcrypto.so.3 <<-'END'
		#include <stdio.h>
		int OSSL_PROVIDER_set_default_search_path(void *, const char *), OSSL_PROVIDER_unload(void *), OSSL_PROVIDER_available(void *, const char *);
		void *OSSL_PROVIDER_load(void *, const char *), *EVP_MD_fetch(void *, const char *, const char *);
		int EVP_Digest(const void *, unsigned long, unsigned char *, unsigned *, void *, void *);
		int main(void) {
			static const char *const names[] = { "one", "two", "bad", "three", "bad", "legacy", "default", "missing" };
			unsigned char digest[64]; unsigned size = 0; void *loaded[8];
			OSSL_PROVIDER_set_default_search_path(0, ".");
			printf("%d\n", !!EVP_MD_fetch(0, "MD4", 0));
			for (int i = 0; i < 8; i++) printf("%s %d\n", names[i], !!(loaded[i] = OSSL_PROVIDER_load(0, names[i])));
			printf("%d ", EVP_Digest("a", 1, digest, &size, EVP_MD_fetch(0, "MD4", 0), 0));
			for (unsigned i = 0; i < size; i++) printf("%02x", digest[i]);
			printf(" %d\n", OSSL_PROVIDER_unload(loaded[0]));
			printf("%d\n", !!OSSL_PROVIDER_load(0, "one"));
			return 0;
		}
	END
	both_ways ./try
	grep -q bde52cb31de33e46245e05fbdbd6fb24 plain.out
	outcomes openssl one=ok two=ok three=ok legacy=ok bad=failed,failed
}

@test "gio" {
	need_library libgio-2.0.so.0
	mkdir modules
	for name in one two three four five; do
		compile modules/lib$name.so <<<"void g_io_${name}_load(void *module) { } void g_io_${name}_unload(void *module) { }"
	done
	compile modules/libbad.so <<-'END'
		const char *g_module_check_init(void *module) { return "not today"; }
		void g_io_bad_load(void *module) { } void g_io_bad_unload(void *module) { }
	END
	host libgio-2.0.so.0 libglib-2.0.so.0 <<-'END'
		#include <stdio.h>
		void *g_io_modules_load_all_in_directory(const char *), *g_file_new_for_path(const char *), g_io_modules_scan_all_in_directory(const char *);
		unsigned g_list_length(void *);
		int g_file_load_contents(void *, void *, char **, unsigned long *, void *, void *);
		int main(void) {
			char *text; unsigned long size = 0;
			for (int i = 0; i < 2; i++) printf("%u\n", g_list_length(g_io_modules_load_all_in_directory("modules")));
			printf("%d %lu\n", g_file_load_contents(g_file_new_for_path("modules/libone.so"), 0, &text, &size, 0, 0), size);
			return 0;
		}
	END
	both_ways ./try
	outcomes gmodule bad=failed,failed
	check "
for name in 'one', 'two', 'three', 'four', 'five':
    assert {x['outcome'] for x in r['modules'] if x['name'] == name} == {'ok'}, name"
}

@test "gstreamer" {
	need_command gst-launch-1.0
	export GST_REGISTRY=$PWD/registry GST_REGISTRY_FORK=no XDG_CACHE_HOME=$PWD
	gst-inspect-1.0 audiotestsrc >/dev/null || skip "gstreamer1.0-plugins-base is not installed (make test ALL=1 installs it)"
	mkdir mine
	compile mine/libgstbad.so <<-'END'
		static int start(void *plugin) { return 0; }
		static const struct { int major, minor; const char *name, *about; int (*init)(void *);
			const char *version, *license, *source, *package, *origin, *date; void *reserved[4]; }
			bad = { 1, 22, "bad", "fails", start, "1", "LGPL", "s", "p", "o", 0, { 0 } };
		const void *gst_plugin_bad_get_desc(void) { return &bad; }
	END
	cat >try.sh <<-'END'
		rm -f registry
		gst-launch-1.0 -q audiotestsrc num-buffers=20 wave=square ! audioconvert ! volume volume=0.5 ! audioresample ! audio/x-raw,rate=8000,format=S16LE,channels=1 ! filesink location=sound
		md5sum <sound
		gst-inspect-1.0 mine/libgstbad.so 2>/dev/null || echo again: $?
	END
	GST_PLUGIN_PATH=$PWD/mine both_ways sh try.sh
	grep -q again: plain.out
	[ -s sound ]
	check "
assert len({x['name'] for x in r['modules'] if x['runtime'] == 'gstreamer' and x['outcome'] == 'ok' and x['exec_ns'] > 0}) >= 5, m
assert {x['outcome'] for x in r['modules'] if x['name'] == 'bad'} == {'failed'}, m['bad']
assert len([x for x in r['modules'] if x['name'] == 'bad']) >= 2, r['modules']"
}

@test "qt" {
	need_library libQt5Gui.so.5
	local plugins=/usr/lib/x86_64-linux-gnu/qt5/plugins
	cp "$plugins"/imageformats/lib{qgif,qico,qjpeg}.so "$plugins"/platforms/lib{qoffscreen,qminimal}.so . || skip "Qt's own plugins are elsewhere"
	objcopy --dump-section .qtmetadata=metadata libqgif.so
	compile plain.so <<<'void *qt_plugin_instance(void) { return 0; } const void *qt_plugin_query_metadata(void) { return 0; }'
	objcopy --add-section .qtmetadata=metadata plain.so libbad.so
	host libQt5Core.so.5 <<-'END'
		#include <stdio.h>
		void *text(const char *, int) asm("_ZN7QString15fromUtf8_helperEPKci");
		void construct(void *, void *, void *) asm("_ZN13QPluginLoaderC1ERK7QStringP7QObject");
		void *instance(void *) asm("_ZN13QPluginLoader8instanceEv");
		int load(void *) asm("_ZN13QPluginLoader4loadEv");
		int main(void) {
			static const char *const names[] = { "qgif", "qico", "bad", "qjpeg", "bad", "qoffscreen", "qminimal", "missing" };
			char here[2048];
			getcwd(here, sizeof here);
			for (int i = 0; i < 8; i++) {
				char path[4096]; void *name[1], *loader[8] = { 0 };
				void *(*helper)(void *, const char *, int) = (void *)text;
				helper(name, path, snprintf(path, sizeof path, "%s/lib%s.so", here, names[i])); construct(loader, name, 0);
				printf("%s %d", names[i], load(loader) & 255); printf(" %d\n", !!instance(loader));
			}
		}
	END
	both_ways ./try
	grep -q 'qminimal 1 1' plain.out
	grep -q 'bad 1 0' plain.out
	outcomes qt qgif=ok qico=ok qjpeg=ok qoffscreen=ok qminimal=ok
	check "assert {x['outcome'] for x in r['modules'] if x['name'] == 'bad'} == {'failed'}, m['bad']"
}

@test "pam" {
	need_library libpam.so.0
	[ -e /usr/lib/x86_64-linux-gnu/security/pam_permit.so ] || skip "libpam-modules is not installed (make test ALL=1 installs it)"
	mkdir pam.d
	for name in good bad; do
		compile $name.so <<<"int pam_sm_authenticate(void *pam, int flags, int argc, const char **argv) { return $([ $name = bad ] && echo 7 || echo 0); }
			int pam_sm_setcred(void *pam, int flags, int argc, const char **argv) { return 0; }"
	done
	printf 'auth optional %s\n' "$PWD/good.so" "$PWD/bad.so" pam_permit.so pam_deny.so "pam_succeed_if.so quiet user = root" \
		"pam_env.so envfile=/dev/null conffile=/dev/null" "$PWD/missing.so" >pam.d/try
	printf 'account required pam_permit.so\n' >>pam.d/try
	host libpam.so.0 <<-'END'
		#include <stdio.h>
		#include <stddef.h>
		int pam_start_confdir(const char *, const char *, const void *, const char *, void **), pam_authenticate(void *, int), pam_setcred(void *, int), pam_acct_mgmt(void *, int), pam_end(void *, int);
		static int converse(int count, const void **messages, void **answers, void *data) { return 19; }
		int main(void) {
			struct { void *function, *data; } conversation = { converse, 0 };
			for (int i = 0; i < 2; i++) {
				void *pam = NULL;
				printf("%d ", pam_start_confdir("try", "root", &conversation, "pam.d", &pam));
				printf("%d %d %d ", pam_authenticate(pam, 0), pam_setcred(pam, 2), pam_acct_mgmt(pam, 0));
				printf("%d\n", pam_end(pam, 0));
			}
		}
	END
	both_ways ./try
	check "
for name, symbol, outcome in ('good', 'pam_sm_authenticate', 'ok'), ('bad', 'pam_sm_authenticate', 'failed'), ('pam_permit', 'pam_sm_acct_mgmt', 'ok'), ('pam_deny', 'pam_sm_authenticate', 'failed'), ('pam_succeed_if', 'pam_sm_authenticate', 'ok'), ('pam_env', 'pam_sm_setcred', 'ok'):
    x = [x['outcome'] for x in r['modules'] if x['name'] == name and x['symbol'] == symbol]
    assert x == [outcome] * 2, (name, x)"
}

@test "apache" {
	need_command apache2
	local modules=/usr/lib/apache2/modules
	compile mod_bad.so <<<'struct { int version, minor, index; const char *name; void *rest[20]; } bad_module = { 19000101 };'
	printf '%s\n' "ServerRoot $PWD" 'ServerName here' "ErrorLog $PWD/log" 'Listen 127.0.0.1:12345' 'TypesConfig /dev/null' \
		"LoadModule mpm_event_module $modules/mod_mpm_event.so" >apache.conf
	for name in mime rewrite dir alias env authz_core; do
		echo "LoadModule ${name}_module $modules/mod_$name.so" >>apache.conf
	done
	printf '%s\n' 'DirectoryIndex index.html' 'SetEnv A b' 'Alias /x /tmp' 'RewriteEngine on' 'RewriteRule ^/a(.*)$ /b$1' >>apache.conf
	mkdir logs
	both_ways apache2 -t -f "$PWD/apache.conf" -DDUMP_MODULES -DDUMP_VHOSTS -DDUMP_RUN_CFG
	outcomes apache mime_module=ok rewrite_module=ok dir_module=ok alias_module=ok env_module=ok authz_core_module=ok
	# one that Apache refuses, which ends it
	{ cat apache.conf && echo "LoadModule bad_module $PWD/mod_bad.so"; } >bad.conf
	both_ways sh -c 'for i in 1 2; do apache2 -t -f "$PWD/bad.conf" || echo "again: $?"; done'
	grep -q again: plain.out
	outcomes apache bad_module=ok,ok mime_module=ok,ok # is found, that is
}

drivers="one two three four bad"

@test "vulkan" {
	need_command vulkaninfo
	local files=
	for name in $drivers; do
		compile lib$name.so <<-END
			int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned *version) { return $([ $name = bad ] && echo -9 || echo 0); }
			void *vk_icdGetInstanceProcAddr(void *instance, const char *name) { return 0; }
		END
		printf '{"file_format_version": "1.0.0", "ICD": {"library_path": "%s/lib%s.so", "api_version": "1.1.0"}}' "$PWD" $name >$name.json
		files=$files${files:+:}$PWD/$name.json
	done
	XDG_RUNTIME_DIR=$PWD VK_ICD_FILENAMES=$files both_ways vulkaninfo --summary
	outcomes vulkan one=ok two=ok three=ok four=ok bad=failed
	check "assert m['one']['init_calls'] > 1 and m['bad']['init_calls'] > 1, m"
}

@test "opencl" {
	need_command clinfo
	mkdir vendors
	for name in $drivers; do
		echo "$PWD/lib$name.so" >vendors/$name.icd
		compile lib$name.so <<-END
			static int platforms(unsigned count, void **list, unsigned *found) { if (found) *found = 0; return -1001; }
			static int info(void *platform, unsigned name, unsigned long size, void *value, unsigned long *used) { return -30; }
			void *clGetExtensionFunctionAddress(const char *name) { return $([ $name = bad ] && echo '0;') __builtin_strcmp(name, "clIcdGetPlatformIDsKHR") ? (void *)info : (void *)platforms; }
			int clGetPlatformInfo(void *platform, unsigned name, unsigned long size, void *value, unsigned long *used) { return -30; }
		END
	done
	OCL_ICD_VENDORS=$PWD/vendors both_ways sh -c 'clinfo -l; clinfo | head -3'
	outcomes opencl one=ok,ok two=ok,ok three=ok,ok four=ok,ok bad=failed,failed
}

# front LIBRARY|- RUNS: ./try, which loads some by "int open_it(const char *path, void **handle)" and
# "void *find(void *handle, const char *name)" of the source on stdin
front() {
	for name in one two three four five; do
		compile lib$name.so -lm <<<'double cos(double); int work(int x) { return x + (int)(cos(0) * 22); }'
	done
	compile libbad.so <<<'extern int not_there; int *needs = &not_there; int work(int x) { return 0; }'
	cat >program.c
	cat >>program.c <<-'END'
		#include <stdio.h>
		int main(void) {
			static const char *const names[] = { "one", "two", "bad", "three", "bad", "four", "five", "missing" };
			for (int i = 0; i < 8; i++) {
				char path[64]; void *handle = 0; int (*work)(int) = 0;
				sprintf(path, "./lib%s.so", names[i]);
				if (open_it(path, &handle)) work = find(handle, "work");
				printf("%s %d %d\n", names[i], work ? work(20) : -1, handle && find(handle, "no_such_function"));
			}
		}
	END
	host "$1" <program.c
}

# came_by VIA: those that the program loaded, and by what
came_by() {
	grep -q '^five 42 0$' plain.out
	check "
for name in 'one', 'two', 'three', 'four', 'five':
    x = [l for l in r['loads'] if (l['requested'] or '').endswith('/lib%s.so' % name)]
    assert [(l['outcome'], l['via']) for l in x] == [('loaded', '$1')], x
x = [l for l in r['loads'] if (l['requested'] or '').endswith('/libbad.so')]
assert len(x) >= 2 and {(l['outcome'], l['via']) for l in x} == {('failed', '$1')}, x
assert any('not_there' in f['message'] for f in r['failures']), r['failures']"
}

@test "gmodule" {
	front libgmodule-2.0.so.0 <<-'END'
		void *g_module_open(const char *, int); int g_module_symbol(void *, const char *, void **);
		static int open_it(const char *path, void **handle) { return !!(*handle = g_module_open(path, 0)); }
		static void *find(void *handle, const char *name) { void *found = 0; return g_module_symbol(handle, name, &found) ? found : 0; }
	END
	both_ways ./try
	came_by g_module_open
}

@test "libuv" {
	front libuv.so.1 <<-'END'
		#include <stdlib.h>
		int uv_dlopen(const char *, void *), uv_dlsym(void *, const char *, void **);
		static int open_it(const char *path, void **handle) { *handle = malloc(64); int failed = uv_dlopen(path, *handle); if (failed) *handle = 0; return !failed; }
		static void *find(void *handle, const char *name) { void *found = 0; return uv_dlsym(handle, name, &found) ? 0 : found; }
	END
	both_ways ./try
	came_by uv_dlopen
}

@test "libltdl" {
	front libltdl.so.7 <<-'END'
		int lt_dlinit(void); void *lt_dlopen(const char *), *lt_dlsym(void *, const char *);
		static int open_it(const char *path, void **handle) { lt_dlinit(); return !!(*handle = lt_dlopen(path)); }
		static void *find(void *handle, const char *name) { return lt_dlsym(handle, name); }
	END
	both_ways ./try
	came_by lt_dlopen
}

@test "APR" {
	front libapr-1.so.0 <<-'END'
		int apr_initialize(void), apr_pool_create_ex(void **, void *, void *, void *), apr_dso_load(void **, const char *, void *), apr_dso_sym(void **, void *, const char *);
		static int open_it(const char *path, void **handle) { static void *pool; if (!pool) { apr_initialize(); apr_pool_create_ex(&pool, 0, 0, 0); }
			int failed = apr_dso_load(handle, path, pool); if (failed) *handle = 0; return !failed; }
		static void *find(void *handle, const char *name) { void *found = 0; return apr_dso_sym(&found, handle, name) ? 0 : found; }
	END
	both_ways ./try
	came_by apr_dso_load
}

@test "ctypes and cffi" {
	front libdl.so.2 <<<'static int open_it(const char *path, void **handle) { return 0; } static void *find(void *handle, const char *name) { return 0; }'
	cat >try.py <<-'END'
		import ctypes, sys, sqlite3, zlib
		def load(name): return ctypes.CDLL("./lib%s.so" % name).work(20)
		if sys.argv[1:]:
		    import cffi
		    ffi = cffi.FFI()
		    ffi.cdef("int work(int);")
		    def load(name): return ffi.dlopen("./lib%s.so" % name).work(20)
		for name in "one", "two", "bad", "three", "bad", "four", "five", "missing":
		    try: print(name, load(name), 0)
		    except OSError as e: print(name, e)
		print(zlib.crc32(b"a"), sqlite3.connect(":memory:").execute("select 6*7").fetchone())
	END
	both_ways "$PYTHON" try.py
	came_by ctypes.CDLL
	"$PYTHON" -c 'import cffi' 2>/dev/null || skip "python3-cffi is not installed (make test ALL=1 installs it)"
	both_ways "$PYTHON" try.py cffi
	came_by ffi.dlopen
}
