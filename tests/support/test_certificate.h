// A certificate for a test of TLS that is its own authority, made anew for every test.
#pragma once

#include <string>

#include "support/real_server.h"

namespace wascc::test {

class TestCertificate {
 public:
  // `names` as in "DNS:localhost,IP:127.0.0.1".
  explicit TestCertificate(const std::string& names) {
    made_ = run_program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test",
                         "-addext", "subjectAltName=" + names, "-keyout", key_file(), "-out",
                         file()}) == 0;
  }

  bool made() const { return made_; }
  std::string file() const { return folder_.path() + "/certificate.pem"; }
  std::string key_file() const { return folder_.path() + "/key.pem"; }

 private:
  const TemporaryFolder folder_;
  bool made_ = false;
};

}  // namespace wascc::test
