# SPDX-License-Identifier: MIT
# Modules that register themselves in a constructor: shim/self_registered.def.

load ../lib/common
load ../lib/runtimes

# The macros NAPI_MODULE, NODE_MODULE and NODE_MODULE_CONTEXT_AWARE without Node's headers.
api_module() {
	compile "$1" -DINIT="$2" <<-'END'
		int napi_throw_error(void *, const char *, const char *);
		static void *good(void *env, void *exports) { return exports; }
		static void *bad(void *env, void *exports) { napi_throw_error(env, 0, "not today"); return 0; }
		static struct { int version; unsigned flags; const char *file; void *(*init)(void *, void *); const char *name; void *priv, *reserved[4]; }
			module = { 1, 0, __FILE__, INIT, "any", 0, { 0 } };
		void napi_module_register(void *);
		__attribute__((constructor)) static void start(void) { napi_module_register(&module); }
	END
}

# node_module FILE FUNCTION,CONTEXT_FUNCTION [FLAGS...]
node_module() {
	local file=$1 functions=$2
	shift 2
	compile "$file" -DVERSION="$(node -p process.versions.modules)" -DINITS="$functions" "$@" <<-'END'
		static void init(void *exports, void *module, void *context, void *priv) { }
		static struct { int version; unsigned flags; void *handle; const char *file; void *init, *context_init; const char *name; void *priv, *link; }
			module = { VERSION, 0, 0, __FILE__, INITS, "any", 0, 0 };
		void node_module_register(void *);
		__attribute__((constructor)) static void start(void) { node_module_register(&module); }
	END
}

@test "node" {
	need_command node
	mkdir -p node_modules/@our/api/build node_modules/old
	api_module node_modules/@our/api/build/x.node good
	api_module bad.node bad
	node_module node_modules/old/old.node init,0
	node_module aware.node 0,init
	node_module elsewhen.node 0,init -UVERSION -DVERSION=3
	compile both.node <<-'END'
		static void *init(void *env, void *exports) { return exports; }
		void *napi_register_module_v1(void *env, void *exports) { return init(env, exports); }
		static struct { int version; unsigned flags; const char *file; void *(*init)(void *, void *); const char *name; void *priv, *reserved[4]; }
			module = { 1, 0, __FILE__, napi_register_module_v1, "any", 0, { 0 } };
		void napi_module_register(void *);
		__attribute__((constructor)) static void start(void) { napi_module_register(&module); }
	END
	cat >try.js <<-'END'
		const files = ["./node_modules/@our/api/build/x", "./bad", "./bad", "./node_modules/old/old", "./aware", "./elsewhen", "./both", "./missing"]
		for (const file of files)
			try { console.log(typeof require(`${file}.node`)) } catch (e) { console.log(e.message.split("\n")[0]) }
		const { Worker } = require("worker_threads")
		new Worker(`require("${process.cwd()}/aware.node"); console.log(require("crypto").createHash("md5").update("a").digest("hex"))`, { eval: true })
	END
	both_ways node try.js
	grep -q 'not today' plain.out
	check "
for name, symbol in ('@our/api', 'nm_register_func'), ('old', 'nm_register_func'), ('aware', 'nm_context_register_func'):
    x = m[name]
    assert (x['runtime'], x['kind'], x['outcome'], x['symbol']) == ('node', 'other', 'ok', symbol) and x['init_ns'] > 0, x
    assert x['object'].endswith('.node') and [l for l in r['loads'] if l['object'] == x['object'] and l['outcome'] == 'loaded'], x
assert m['@our/api']['open_ns'] > 0 and m['both']['outcome'] == 'ok' and m['both']['init_ns'] > 0, m
# again, out of a library that is there
bad = [x for x in r['modules'] if x['name'] == 'bad']
assert [x['outcome'] for x in bad] == ['failed'] * 2 and all(x['open_ns'] > 0 for x in bad), bad
assert failed[bad[0]['id']]['message'] == 'nm_register_func left an exception', failed
# in another thread
aware = [x for x in r['modules'] if x['name'] == 'aware']
assert [x['outcome'] for x in aware] == ['ok'] * 2 and all(x['open_ns'] > 0 and x['init_ns'] > 0 for x in aware), aware
assert m['elsewhen']['outcome'] == 'failed' and m['elsewhen']['init_ns'] == 0, m['elsewhen']
assert not [f for f in r['failures'] if f['severity'] != 'probe' and 'aware' in f['message']], r['failures']"
}

@test "node: a structure that is made as the program runs" {
	need_command node
	compile heap.node -include stdlib.h <<-'END'
		static void *init(void *env, void *exports) { return exports; }
		void napi_module_register(void *);
		__attribute__((constructor)) static void start(void) {
			void **module = calloc(9, 8);
			*(int *)module = 1; module[1] = "file"; module[2] = init; module[3] = "any";
			napi_module_register(module);
		}
	END
	both_ways node -e 'console.log(typeof require("./heap.node"))'
	check "
load = [l for l in r['loads'] if l['requested'].endswith('/heap.node')][0]
assert load['outcome'] == 'loaded' and load['via'] == 'process.dlopen' and load['duration_ns'] > 0, load
assert 'heap' not in m, m"
}

@test "what looks like such a structure elsewhere is left alone" {
	# no runtime: neither is the name found that a module would import
	api_module libit.so good
	gcc -w -o try -x c - <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <stdio.h>
		int main(void) {
			printf("%d %d\n", !!dlsym(RTLD_DEFAULT, "napi_module_register"), !!dlsym(RTLD_DEFAULT, "node_module_register"));
			printf("%d\n", !!dlopen("./libit.so", RTLD_NOW));
			printf("%s\n", dlerror());
			return 0;
		}
	END
	both_ways ./try
	grep -q '^0 0$' plain.out
	# nor in a module that imports no such function
	need_command node
	compile plain.node <<-'END'
		static void *same(void *env, void *exports) { return exports; }
		struct { int version; unsigned flags; const char *file; void *(*init)(void *, void *); const char *name; void *priv, *reserved[4]; }
			module = { 1, 0, __FILE__, same, "any", 0, { 0 } };
		void *napi_register_module_v1(void *env, void *exports) { if (module.init != same) __builtin_trap(); return exports; }
	END
	both_ways node -e 'require("./plain.node"); delete require.cache[require.resolve("./plain.node")]; require("./plain.node"); console.log(1)'
	check "assert [x['symbol'] for x in r['modules'] if x['name'] == 'plain'] == ['napi_register_module_v1'] * 2, r['modules']"
}
