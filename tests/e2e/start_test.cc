// What the real executables ask of the Runtime API until their first event: in which order, and on
// how many connections.
#include <gtest/gtest.h>

#include "function_fixture.h"
#include "support/executables.h"
#include "support/guests.h"

namespace wascc::test {
namespace {

struct StartOnLambda : FunctionTest {};

// A server that sees to one connection at a time must be able to serve: what never gets an answer
// goes by a connection of its own, after the first GET next.
TEST_P(StartOnLambda, TheFirstEventComesByTheConnectionOfTheRegistration) {
  write_function(folder_, guest("traces"), {"awslambda:event"});
  Process& bootstrap = start();
  EXPECT_EQ(api_.wait_for_call(ApiCall::kRegister).connection, 1);
  EXPECT_EQ(api_.wait_for_call(ApiCall::kNext).connection, 1);
  EXPECT_EQ(api_.wait_for_call(ApiCall::kExtensionNext).connection, 2);
  bootstrap.signal(SIGTERM);
  EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
}

INSTANTIATE_TEST_SUITE_P(Executables, StartOnLambda, kExecutables, ExecutableName());

}  // namespace
}  // namespace wascc::test
