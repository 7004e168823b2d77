// Package reconcile decides. It knows the ports, sources, policy and drivers,
// and nothing of what stands behind them; cmd/holdfast puts the two together.
//
// Check judges what is written, before merge. Audit adds what is live. Run is
// the loop: for each target, in the order of its dependencies, observe, plan,
// judge, gate, apply, verify and record. All three are made of the same parts.
package reconcile
