# What is the same for actors in every language: signing, running, testing, packaging. The Makefile that includes
# this file sets NAME and CAPABILITIES and says how build/unsigned/$(NAME).wasm is made.
WASCC ?= wascc
ISSUER ?=
SUBJECT ?= $(NAME)
PORT ?=
actor := build/$(NAME).wasm
unsigned := build/unsigned/$(NAME).wasm

.PHONY: all build sign run test package clean help
.DELETE_ON_ERROR:
all: sign

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

build: $(unsigned) ## compile the module

sign: $(actor) ## compile and sign: the actor is then build/NAME.wasm

$(actor): $(unsigned) Makefile
	@command -v $(WASCC) >/dev/null || { echo "make: no '$(WASCC)' on the PATH; say WASCC=/path/to/wascc" >&2; exit 1; }
	@$(if $(ISSUER),,$(WASCC) keys new account --if-absent >/dev/null)
	@$(if $(filter $(SUBJECT),$(NAME)),$(WASCC) keys new module $(NAME) --if-absent >/dev/null)
	$(WASCC) sign $(unsigned) $(ISSUER:%=--issuer %) --subject $(SUBJECT) --name $(NAME) $(CAPABILITIES:%=--cap %) -o $@

# Stops with a sentence where this wascc lacks the command.
needs = @$(WASCC) $(1) --help 2>&1 | grep -q '^Usage: .*wascc $(1) ' || \
  { echo "make: this wascc has no command '$(1)'; see 'wascc --help' for those it has" >&2; exit 1; }

run: $(actor) ## serve it here, over HTTP; PORT=3000 is another port than 8080
	$(call needs,run)
	$(WASCC) run . $(PORT:%=--port %)

test: $(actor) ## send each tests/*.event.json and compare with its *.answer.json
	@for event in tests/*.event.json; do \
	  $(WASCC) invoke . --event $$event >build/answer.json && \
	    diff -u $${event%.event.json}.answer.json build/answer.json || { echo "FAILED $$event"; exit 1; }; \
	  echo "passed $$event"; \
	done

package: $(actor) ## what to upload: function.zip
	$(call needs,package)
	$(WASCC) package . -o function.zip

clean: ## remove what was built; keys stay
	rm -rf build function.zip
