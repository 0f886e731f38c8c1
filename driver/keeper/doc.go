//go:build linux

// Package keeper looks after detached containers: those that outlive the process
// that starts them.
//
// A keeper is a process. It has the detached containers of one state directory,
// keeps their output, starts them again as their policy says, checks their health,
// and is an engine for whoever connects. It is started on demand and goes when none
// of its containers lives and no client is there. It can be killed at any moment: the
// containers run on, and the next keeper goes on with them.
//
//	a script                         the keeper                        the container
//	Client ── package wire, ──────► Keeper ── Engine, Reservation ──► init
//	   │      over Dir/socket          │                                │
//	   └► containers of its own        └──────────── reads ◄── FIFOs ◄──┘
//	                                   └► log.1, log.2, …
//
// The package knows no engine but through Engine; driver/native has one, and the
// process.
//
// # State on disk
//
// Below the state directory:
//
//	.keeper/lock             locked by the keeper, see flock(2)
//	.keeper/socket           where it listens; the directory has the mode 0700
//	.keeper/keeper.log       what it has to say itself
//	.keeper/<id>/record.json what there is to know of a container, see record
//	.keeper/<id>/stdout      FIFOs that its output goes through
//	.keeper/<id>/stderr
//	.keeper/<id>/log.N       its output, unless Options.Logs names another place, see logFiles
//
// The record is what makes an id a detached container's: it is there before anything
// else is, and until all else is gone. Nobody but the keeper touches what it stands for.
package keeper
