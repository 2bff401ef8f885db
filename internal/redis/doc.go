// Package redis is the domain: what an ElastiCache Redis or Valkey is called, which
// engines, versions and windows it may have, how its URL is written, and what may be
// asked of one that runs already.
//
// A State that is asked for and what is known of the Running cache go in, and a Rollout
// comes out: the next safe step, what it waits for, and what is refused.
//
// The package is pure. It knows neither Crossplane's protocol nor the provider's types,
// reads no clock and draws no random number, so the same claim and the same observation
// always give the same answer.
package redis
