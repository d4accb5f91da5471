#!/bin/sh
# Restores the database of a deployment on AWS to an instant, beside the old one, and moves the deployment over to it. Its steps, in
# their order (docs/operations.md says what is looked at between them):
#
#   restore.sh close STAGE          nobody asks and nothing runs any more; what runs goes on until its time limit (15 minutes)
#   restore.sh make STAGE TIME      a cluster as the old one was at TIME (UTC, such as 2026-11-28T12:00:00Z)
#   restore.sh switch STAGE         proxy or secrets, rights and functions name the new one; migrations run
#   restore.sh number STAGE         tells what is in it, and leaves out the numbers that users may have seen
#   restore.sh open STAGE           everything runs again
#
# Each step may be repeated. Nothing is deleted: to go back, `switch` to the old cluster with DIVBASE_CLUSTER=its name.
set -eu

usage='restore.sh close|make|switch|number|open STAGE [TIME]'
step=${1:?$usage} stage=${2:?$usage} time=${3:-}
fail() { echo "restore: $*" >&2; exit 1; }
say() { echo "restore: $*" >&2; }

case $stage in dev | prod) ;; *) fail "'$stage' is no stage: use dev or prod" ;; esac
stack=divbase-$stage
new=${DIVBASE_CLUSTER:-divbase-$stage-restored}
workers="worker-quick worker-long"

# What the data stack tells, such as the name of its cluster.
output() {
    aws cloudformation describe-stacks --stack-name "$stack-data" \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue | [0]" --output text
}
of_cluster() {
    aws rds describe-db-clusters --db-cluster-identifier "$1" --query "DBClusters[0].$2" --output text
}
mappings() {
    for worker in $workers; do
        aws lambda list-event-source-mappings --function-name "$stack-$worker" --query "EventSourceMappings[].UUID" --output text
    done
}
# The heavy workers' scaling, if there are any.
heavy=service/$stack-heavy/$stack-heavy
has_heavy() {
    [ "$(aws application-autoscaling describe-scalable-targets --service-namespace ecs --resource-ids "$heavy" \
        --query "length(ScalableTargets)" --output text)" != 0 ]
}
scaling_is_suspended() {
    aws application-autoscaling register-scalable-target --service-namespace ecs --resource-id "$heavy" \
        --scalable-dimension ecs:service:DesiredCount \
        --suspended-state "DynamicScalingInSuspended=$1,DynamicScalingOutSuspended=$1,ScheduledScalingSuspended=$1" >/dev/null
}
invoke() {
    aws lambda invoke --function-name "$stack-cron" --cli-binary-format raw-in-base64-out --payload "$1" /dev/stdout
}

close() {
    # Refused at the door: nobody begins what would be lost.
    for function in api cron; do
        aws lambda put-function-concurrency --function-name "$stack-$function" --reserved-concurrent-executions 0 >/dev/null
    done
    # Messages wait in their queues, uncounted.
    for mapping in $(mappings); do
        aws lambda update-event-source-mapping --uuid "$mapping" --no-enabled >/dev/null
    done
    if has_heavy; then
        scaling_is_suspended true
        aws ecs update-service --cluster "$stack-heavy" --service "$stack-heavy" --desired-count 0 >/dev/null
        # They protect themselves from scaling, and hand back what they run when they are asked to stop.
        for task in $(aws ecs list-tasks --cluster "$stack-heavy" --query "taskArns[]" --output text); do
            aws ecs stop-task --cluster "$stack-heavy" --task "$task" >/dev/null
        done
    fi
    say "closed; functions that run end within 15 minutes, and what they still write has the number of an old attempt"
}

make_cluster() {
    printf '%s\n' "$time" | grep -Eqx '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z' ||
        fail "'$time' is no instant of UTC such as 2026-11-28T12:00:00Z"
    old=$(output DatabaseCluster)
    if [ "$(aws rds describe-db-clusters --query "DBClusters[?DBClusterIdentifier=='$new'] | length(@)" --output text)" = 0 ]; then
        # A copy does not take these over by itself. The two roles that log in come with the data.
        groups=$(of_cluster "$old" "VpcSecurityGroups[].VpcSecurityGroupId")
        # shellcheck disable=SC2086 # each group is an argument
        aws rds restore-db-cluster-to-point-in-time --source-db-cluster-identifier "$old" --db-cluster-identifier "$new" \
            --restore-to-time "$time" \
            --db-subnet-group-name "$(of_cluster "$old" DBSubnetGroup)" \
            --vpc-security-group-ids $groups \
            --db-cluster-parameter-group-name "$(of_cluster "$old" DBClusterParameterGroup)" \
            --kms-key-id "$(of_cluster "$old" KmsKeyId)" \
            --serverless-v2-scaling-configuration "MinCapacity=$(of_cluster "$old" ServerlessV2ScalingConfiguration.MinCapacity),MaxCapacity=$(of_cluster "$old" ServerlessV2ScalingConfiguration.MaxCapacity)" \
            --enable-iam-database-authentication --enable-cloudwatch-logs-exports postgresql \
            --deletion-protection --copy-tags-to-snapshot >/dev/null
    fi
    number=0
    for instance in $(of_cluster "$old" "DBClusterMembers[].DBInstanceIdentifier"); do
        number=$((number + 1))
        say "$new-$number in the place of $instance"
        aws rds create-db-instance --db-instance-identifier "$new-$number" --db-cluster-identifier "$new" \
            --db-instance-class db.serverless --engine aurora-postgresql --no-publicly-accessible \
            --ca-certificate-identifier rds-ca-rsa2048-g1 >/dev/null ||
            say "it is there already"
    done
    aws rds wait db-cluster-available --db-cluster-identifier "$new"
    aws rds wait db-instance-available --filters "Name=db-cluster-id,Values=$new"
    # RDS makes a password for the master and keeps it, as for the old one; the Data API lets an administrator in.
    aws rds modify-db-cluster --db-cluster-identifier "$new" --manage-master-user-password \
        --master-user-secret-kms-key-id "$(of_cluster "$old" KmsKeyId)" --enable-http-endpoint --apply-immediately >/dev/null
    aws rds wait db-cluster-available --db-cluster-identifier "$new"
    say "$new is there"
}

switch() {
    host=$(of_cluster "$new" Endpoint)
    resource=$(of_cluster "$new" DbClusterResourceId)
    proxy=$(output DatabaseProxyName)
    token=$resource
    if [ -n "$proxy" ] && [ "$proxy" != None ]; then
        token=$(output DatabaseTokenResource)
        role=$(aws rds describe-db-proxies --db-proxy-name "$proxy" --query "DBProxies[0].RoleArn" --output text)
        account=$(printf '%s' "$role" | cut -d: -f5)
        region=$(of_cluster "$new" DBClusterArn | cut -d: -f4)
        # It logs in as whoever has logged in to it.
        user=arn:aws:rds-db:$region:$account:dbuser:$resource
        aws iam put-role-policy --role-name "${role##*/}" --policy-name "restored" --policy-document \
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"rds-db:connect\",\"Resource\":[\"$user/divbase_run\",\"$user/divbase_migrate\"]}]}"
        for target in $(aws rds describe-db-proxy-targets --db-proxy-name "$proxy" --query "Targets[?Type=='TRACKED_CLUSTER'].RdsResourceId" --output text); do
            aws rds deregister-db-proxy-targets --db-proxy-name "$proxy" --db-cluster-identifiers "$target"
        done
        aws rds register-db-proxy-targets --db-proxy-name "$proxy" --db-cluster-identifiers "$new" >/dev/null
    else
        for login in database-url=divbase_run migration-url=divbase_migrate; do
            aws secretsmanager put-secret-value --secret-id "$stack/${login%=*}" \
                --secret-string "{\"url\": \"postgres://${login#*=}@$host:5432/divbase?sslmode=verify-full\"}" >/dev/null
        done
    fi
    # Functions read secrets when they are changed, and migrations run with each new release.
    parameters=
    for name in $(aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Parameters[].ParameterKey" --output text); do
        case $name in
        Release) value=ParameterValue=restored-$(date -u +%Y%m%d%H%M%S) ;;
        DatabaseTokenResource) value=ParameterValue=$token ;;
        DatabaseCluster) value=ParameterValue=$new ;;
        *) value=UsePreviousValue=true ;;
        esac
        parameters="$parameters ParameterKey=$name,$value"
    done
    # shellcheck disable=SC2086 # each parameter is an argument
    aws cloudformation update-stack --stack-name "$stack" --use-previous-template \
        --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameters $parameters >/dev/null
    aws cloudformation wait stack-update-complete --stack-name "$stack"
    say "$stack works with $new"
}

number() {
    aws lambda delete-function-concurrency --function-name "$stack-cron"
    invoke '{"job":"skip-numbers","by":10000}'
    invoke '{"job":"facts"}'
}

open_doors() {
    # What had ended after the instant is unfinished again: the rescue runs it again, under new attempts.
    for mapping in $(mappings); do
        aws lambda update-event-source-mapping --uuid "$mapping" --enabled >/dev/null
    done
    # Heavy workers start by themselves when something waits.
    if has_heavy; then
        scaling_is_suspended false
    fi
    for function in api cron; do
        aws lambda delete-function-concurrency --function-name "$stack-$function"
    done
    say "open"
}

case $step in
close) close ;;
make) make_cluster ;;
switch) switch ;;
number) number ;;
open) open_doors ;;
*) fail "'$step' is no step: $usage" ;;
esac
