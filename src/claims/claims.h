// What a verified token says; wascc/claims.h, because embedders see it, too.
#pragma once

#include "wascc/claims.h"
