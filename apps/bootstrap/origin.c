// The C library of a static program asks before main in which folder it lies, which takes 15 us of
// a cold start: for $ORIGIN in the search path of libraries that it may load. Ours loads none from
// there, and is told that the folder is unknown.
//
// Linked by --wrap in the place of the C library's own function, by lld: GNU's linker leaves hidden
// symbols as they are.
char* __wrap__dl_get_origin(void);

char* __wrap__dl_get_origin(void) { return (char*)-1; }
