/* A library that a provider needs, and that comes with no system. */
int wascc_test_helper(void);
__attribute__((visibility("default"))) int wascc_test_helper(void) { return 1; }
