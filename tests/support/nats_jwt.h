// The tokens by which a NATS server in operator mode knows its users, made by an operator of a
// test.
#pragma once

#include <string>

#include "base/encoding.h"
#include "claims/nkey.h"
#include "wascc/bytes.h"

namespace wascc::test {

class NatsOperator {
 public:
  // The lines of a server's configuration by which it trusts this operator and its one account.
  std::string configuration() const {
    const std::string no_limits =
        R"("limits":{"subs":-1,"data":-1,"payload":-1,"imports":-1,"exports":-1,"wildcards":true,)"
        R"("conn":-1,"leaf":-1},)";
    const std::string account = account_.public_key().text();
    return "operator: " + token(operator_, operator_, R"("type":"operator")") +
           "\nresolver: MEMORY\nresolver_preload: { " + account + ": " +
           token(operator_, account_, no_limits + R"("type":"account")") + " }\n";
  }
  std::string user_token() const {
    return token(account_, user_,
                 R"("pub":{},"sub":{},"subs":-1,"data":-1,"payload":-1,"type":"user")");
  }
  std::string user_seed() const { return std::string(user_.seed().view()); }

 private:
  static std::string token(const claims::KeyPair& issuer, const claims::KeyPair& subject,
                           const std::string& members) {
    const std::string text =
        base64url_encode(as_bytes(R"({"typ":"JWT","alg":"ed25519-nkey"})")) + "." +
        base64url_encode(as_bytes(R"({"jti":"TEST","iat":1600000000,"name":"test","iss":")" +
                                  issuer.public_key().text() + R"(","sub":")" +
                                  subject.public_key().text() + R"(","nats":{)" + members +
                                  R"(,"version":2}})"));
    return text + "." + base64url_encode(issuer.sign(as_bytes(text)));
  }

  const claims::KeyPair operator_ = claims::KeyPair::generate(claims::KeyKind::kOperator);
  const claims::KeyPair account_ = claims::KeyPair::generate(claims::KeyKind::kAccount);
  const claims::KeyPair user_ = claims::KeyPair::generate(claims::KeyKind::kUser);
};

}  // namespace wascc::test
