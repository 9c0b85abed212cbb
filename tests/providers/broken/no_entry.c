/* A shared library that is no provider. */
int something_else(void);
int something_else(void) { return 1; }
