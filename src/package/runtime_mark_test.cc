#include "package/runtime_mark.h"

#include <gtest/gtest.h>

#include <string>

namespace wascc::package {
namespace {

std::optional<RuntimeMark> mark_in(const std::string& text) { return find_mark(as_bytes(text)); }

TEST(RuntimeMark, TellsEngineAndKind) {
  const std::string elf = "\177ELF and more";
  const auto runtime = mark_in(elf + "\nwascc-engine-mark runtime engine 1\n");
  ASSERT_TRUE(runtime);
  EXPECT_EQ(runtime->engine, "engine 1");
  EXPECT_FALSE(runtime->compiles);
  const auto compiler = mark_in(elf + "\nwascc-engine-mark \nwascc-engine-mark compiler e\n");
  ASSERT_TRUE(compiler) << "the text alone, as in this program's own code, is no mark";
  EXPECT_TRUE(compiler->compiles);
}

TEST(RuntimeMark, IsNotFoundInAnythingElse) {
  const std::string mark = "\nwascc-engine-mark runtime ";
  for (const std::string& text :
       {std::string(), std::string("\177ELF"), mark + "e\n", "\177ELF" + mark + "\n",
        "\177ELF" + mark + "never ends", "\177ELF" + mark + std::string(300, 'x') + "\n"})
    EXPECT_FALSE(mark_in(text)) << text;
}

}  // namespace
}  // namespace wascc::package
