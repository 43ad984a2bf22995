// Checks a log as Go's own packages understand it: x/mod/sumdb/note for signatures, x/mod/sumdb/tlog for the tree.
//
//	check <folder> <vkey> <entries>     the checkpoint in <folder>, every entry's inclusion, and consistency from many sizes
//
// Prints "ok <size>" and ends with 0, or a sentence and 1.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proofs struct {
	Inclusion   []struct{ Index, Size int64; Leaf, Root []byte; Path [][]byte }
	Consistency []struct{ Old, New int64; OldRoot, NewRoot []byte; Path [][]byte }
}

func hash(b []byte) (h tlog.Hash) { copy(h[:], b); return }

func hashes(list [][]byte) (out []tlog.Hash) {
	for _, each := range list {
		out = append(out, hash(each))
	}
	return
}

func fail(format string, a ...interface{}) {
	fmt.Printf(format+"\n", a...)
	os.Exit(1)
}

func main() {
	checkpoint, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail("%v", err)
	}
	verifier, err := note.NewVerifier(os.Args[2])
	if err != nil {
		fail("vkey: %v", err)
	}
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	if err != nil {
		fail("note: %v", err)
	}
	var origin, root string
	var size int64
	if _, err := fmt.Sscanf(opened.Text, "%s\n%d\n%s\n", &origin, &size, &root); err != nil {
		fail("checkpoint: %v", err)
	}
	head, err := tlog.ParseHash(root)
	if err != nil {
		fail("root: %v", err)
	}
	data, err := os.ReadFile(os.Args[3])
	if err != nil {
		fail("%v", err)
	}
	var made proofs
	if err := json.Unmarshal(data, &made); err != nil {
		fail("proofs: %v", err)
	}
	for _, each := range made.Inclusion {
		if each.Size == size && hash(each.Root) != head {
			fail("the root of the proofs is not the checkpoint's")
		}
		if err := tlog.CheckRecord(hashes(each.Path), each.Size, hash(each.Root), each.Index, tlog.RecordHash(each.Leaf)); err != nil {
			fail("inclusion of %d in %d: %v", each.Index, each.Size, err)
		}
	}
	for _, each := range made.Consistency {
		if err := tlog.CheckTree(hashes(each.Path), each.New, hash(each.NewRoot), each.Old, hash(each.OldRoot)); err != nil {
			fail("consistency of %d and %d: %v", each.Old, each.New, err)
		}
	}
	fmt.Printf("ok %d\n", size)
}
