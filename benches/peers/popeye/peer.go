//go:build peer

// Package peer names the program to build: a module that requires it can be built where installing it by version is
// refused.
package peer

import _ "github.com/derailed/popeye"
