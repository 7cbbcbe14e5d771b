# Pushes with Ruby's client: push.rb ADDRESS replace|add|delete FAMILY VALUE.
require 'prometheus/client'
require 'prometheus/client/push'

address, operation, family, value = ARGV
registry = Prometheus::Client::Registry.new
registry.gauge(family.to_sym, 'A gauge.').set({ step: "a\"b\\c\nd" }, value.to_f)

push = Prometheus::Client::Push.new(job: 'ruby/nightly', instance: 'db 1', gateway: address)
answer = operation == 'delete' ? push.delete : push.public_send(operation, registry)
puts answer.code
