/* A small library, which the benchmark of modules copies and opens. */
__attribute__((visibility("default"))) int bench_add(int a, int b);

int bench_add(int a, int b) { return a + b; }
