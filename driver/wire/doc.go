// Package wire serves a driver.Driver over a unix stream socket, and is the client
// of it: a Driver with every small interface, hooks and pipes included. An engine
// behind it answers as it does in the same process: the conformance suite passes
// through a connection unchanged.
//
//	go wire.Serve(ctx, far, engine, wire.ServerOptions{})
//	client, err := wire.New(near)
//	status, err := client.Run(ctx, command, pipes, hooks)
//
// Whoever can connect is trusted: who may open the socket is for its owner to see to.
//
// # Protocol
//
// A message is a header of 16 bytes, a body of JSON, and up to three descriptors
// (SCM_RIGHTS, see unix(7)) that come with the header:
//
//	0       4    5     6   8                16
//	| size  |kind|files| 0 | number         | body ...
//
// All numbers are little endian. A body has at most 16 MiB, that of a hello 4 KiB.
// The number is that of a call, given by the client, or of a run of a hook, given
// by the server; hello and beat have 0. The header and the hello are the same in
// all versions of the protocol.
//
//	kind    from    number  body
//	hello   both    0       the versions of the client; the one that the server has chosen, or why it hangs up, and what its engine can do
//	call    client  call    a verb with what it is given: its context's deadline, Command, options, how many hooks, which ends of pipes
//	result  server  call    what the verb answers; of one that starts a process or a sequence, that it is there
//	cancel  client  call    the context of the call has ended, and why
//	ended   server  call    the process that the call has started has ended, and how; or the sequence has
//	hook    server  hook    run this hook of that call, with process, pid, HookInfo and deadline
//	answer  client  hook    it has returned, and what
//	unhook  server  hook    the context of the hook has ended, and why
//	item    server  call    one event or one line of a log
//	more    client  call    so many of them have been read: at most 64 are under way
//	broken  client  call    a writer of the caller's has failed, and how
//	beat    both    0       a sign of life
//
// A run with a pre_start hook that calls a verb on its own container, with output
// that goes to a writer of the caller's:
//
//	caller     client                                server     engine
//	  | Run      |  call 1: run, hooks {1 pre_start}   |          |
//	  |--------->|  + the writing end of a pipe        |   Run    |
//	  |          |------------------------------------>|--------->|
//	  |          |            hook 1: of call 1, index 0| PreStart |
//	  |   f(...) |<------------------------------------|<---------|
//	  |<---------|                                     |          |
//	  | Stats    |  call 2: stats, inside its id       |          |
//	  |--------->|------------------------------------>|--------->|
//	  |<---------|<------------------------------------|<---------|
//	  | return   |  answer 1                    result 2|          |
//	  |--------->|------------------------------------>|--------->|
//	  |          |                                     |          |  the program runs
//	  |  Write   |<~~~~~~~~~~~~ the pipe ~~~~~~~~~~~~~~~~~~~~~~~~~~|
//	  |          |           the server closes its end |<---------|
//	  |<---------|                             result 1|          |
//	  |          |<------------------------------------|          |
//
// Start is the same with a result as soon as the program runs, and an ended at the
// end. Both sides answer each call and each hook on its own, in any order.
//
// # Streams
//
// For each writer, and for each stdin that is no file, the client makes a pipe and
// copies; one writer for both streams is one pipe. A stdin that is an *os.File goes
// to the server itself, where the engine polls it. When a writer fails, the client
// says so (broken) before it closes its end, and the engine's error is the writer's.
// In post_stop hooks, and after the result, all output is delivered.
//
// # Errors
//
// An error is a tree of what it wraps. The errors of package driver, those of
// package context, some of package io/fs, and system call numbers are made again on
// the other side; others keep their text. What the caller has brought in itself
// (what a hook returned, the cause of a context, the error of a writer) has
// a number on its way through the engine, and comes back as the same value.
//
// # Time
//
// Each side gives a sign of life five times in its timeout, DefaultTimeout unless
// it says otherwise, and gives up a peer that has been silent for longer. Pending
// calls fail then with ErrGone and the reason. Deadlines travel as the time that is
// left.
package wire
