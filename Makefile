# The two commands of the README are `start` and `test`; the others are parts of them or for developers.
.PHONY: start test test-kills setup build page lint format bench bench-accuracy bench-peers bench-fairness fuzz fuzz-rest fuzz-keep api-fuzz screenshots other-browsers space space-check image-test upload-test clean help
.DEFAULT_GOAL := help

# Taken as it was typed, a $ in a file's name too.
override VIDEO := $(value VIDEO)
export VIDEO

help:            ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' Makefile

start:           ## install, build, check with the sample, serve on http://localhost:7860 (VIDEO=file: convert it here)
	@tools/start

test:            ## install, build, run all tests, count them
	@tools/test

setup:           ## install what is missing
	@tools/setup build run test fuzz

build: setup     ## build the program and the page
	@tools/build dev

lint:            ## layout, clang-tidy on changed files, include layers, eslint, tsc
	@tools/lint

format:          ## lay out the C++ sources
	@git ls-files 'backend/*.h' 'backend/*.cpp' | xargs clang-format-19 -i

test-kills:      ## a hundred kills of server and decoder at random moments; the text must be the same (after make build)
	@V2T_KILLS=100 build/venv/bin/python -m pytest -q -s tests/server/test_kills.py

bench:           ## micro-benchmarks of the kernels
	@tools/bench

bench-accuracy:  ## word error rates over the real speech of V2T_SHARED, beside faster-whisper's
	@tools/bench_accuracy

bench-peers:     ## speed beside faster-whisper, OpenVINO and whisper.cpp: long speech and short clips, into docs/performance.md (tools/bench_peers --quick)
	@tools/bench_peers
	@tools/bench_peers --clips

bench-fairness:  ## seconds from POST to done for clips behind a film of three hours (real speech of V2T_SHARED)
	@tools/bench_fairness

fuzz:            ## every fuzzer for SECONDS (default 20)
	@tools/fuzz $(SECONDS)

fuzz-rest:       ## run FUZZERS (default all) until their coverage rests: hours (after make fuzz)
	@tools/fuzz_rest $(FUZZERS)

fuzz-keep:       ## keep in tests/corpus what the fuzzers have found (after make fuzz)
	@tools/fuzz_keep

api-fuzz:        ## requests made from openapi.yaml, right and wrong ones, against the real server (EXAMPLES=420 for each call)
	@tools/api_fuzz $(EXAMPLES)

space:           ## DIR=folder: make or update the folder of a Hugging Face Space
	@tools/space "$(DIR)"

space-check:     ## DIR=folder: what is wrong with the folder of a Space
	@/usr/bin/python3 tools/space_check "$(DIR)"

screenshots:     ## every screen of the page in both themes and sizes, into frontend/screenshots
	@tools/screenshots

image-test:      ## build the image without a container engine and run it (as root, about twenty minutes)
	@tools/image_test

other-browsers:  ## the page in Firefox and WebKitGTK, where they are installed (after make build)
	@tools/other_browsers

upload-test:     ## behind a reverse proxy that cuts: 3 GB in pieces, event streams resumed
	@V2T_UPLOAD_BYTES=3000000000 build/venv/bin/python -m pytest -v -s --no-header -c tests/pytest.ini tests/proxy

clean:           ## remove all that was built
	rm -rf build frontend/dist
