// Does not run on Amazon Linux 2023: arc4random came with glibc 2.36, and the C++ library is not
// there.
#include <stdlib.h>

#include <iostream>

int main() { std::cout << arc4random() << '\n'; }
