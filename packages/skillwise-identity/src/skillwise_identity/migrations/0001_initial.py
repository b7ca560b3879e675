import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import skillwise_kernel.clock
import skillwise_kernel.ids
from django.conf import settings
from django.db import migrations, models
from skillwise_kernel.postgresql.extensions import SharedExtension


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        SharedExtension("pg_trgm"),
        migrations.CreateModel(
            name='MailRequest',
            fields=[
                ('id', models.UUIDField(default=skillwise_kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('verify_email', 'Verify Email'), ('reset_password', 'Reset Password')], max_length=20)),
                ('email', models.EmailField(max_length=254)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=skillwise_kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('full_name', models.CharField(max_length=150)),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('student', 'student'), ('instructor', 'instructor'), ('admin', 'admin')], max_length=20), size=None)),
                ('email_verified_at', models.DateTimeField(blank=True, null=True)),
                ('suspended_at', models.DateTimeField(blank=True, null=True)),
                ('suspension_reason', models.CharField(blank=True, default='', max_length=500)),
                ('session_generation', models.PositiveIntegerField(default=1, help_text='Tokens of an earlier generation are refused: raising it ends every session.')),
                ('version', models.PositiveIntegerField(default=1, help_text='Grows with every change that a reader can see.')),
                ('created_at', models.DateTimeField(default=skillwise_kernel.clock.now, editable=False)),
                ('searchable', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat('full_name', models.Value(' '), 'email', output_field=models.TextField())), output_field=models.TextField())),
            ],
            options={
                'indexes': [models.Index(fields=['-created_at', '-id'], name='identity_user_newest'), models.Index(condition=models.Q(('suspended_at__isnull', False)), fields=['-created_at', '-id'], name='identity_user_suspended'), models.Index(condition=models.Q(('email_verified_at__isnull', True)), fields=['-created_at', '-id'], name='identity_user_unverified'), models.Index(condition=models.Q(('roles__contains', ['admin'])), fields=['id'], name='identity_user_admins'), django.contrib.postgres.indexes.GinIndex(fields=['roles'], name='identity_user_roles'), django.contrib.postgres.indexes.GinIndex(fields=['searchable'], name='identity_user_search', opclasses=['gin_trgm_ops'])],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='identity_user_email_unique'), models.CheckConstraint(condition=models.Q(('roles__contained_by', ['student', 'instructor', 'admin']), ('roles__len__gt', 0)), name='identity_user_roles_known'), models.CheckConstraint(condition=models.Q(('full_name', ''), _negated=True), name='identity_user_has_a_name'), models.CheckConstraint(condition=models.Q(models.Q(('suspended_at__isnull', True), ('suspension_reason', '')), models.Q(('suspended_at__isnull', False), models.Q(('suspension_reason', ''), _negated=True)), _connector='OR'), name='identity_user_suspended_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='MailToken',
            fields=[
                ('id', models.UUIDField(default=skillwise_kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('verify_email', 'Verify Email'), ('reset_password', 'Reset Password')], max_length=20)),
                ('email', models.EmailField(help_text='The address it was mailed to: it proves no other.', max_length=254)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('spent_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_tokens', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Recipient',
            fields=[
                ('id', models.UUIDField(default=skillwise_kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='identity_recipient_email_unique')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.UUIDField(default=skillwise_kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('template', models.CharField(max_length=200)),
                ('context', models.JSONField()),
                ('dedupe_key', models.CharField(max_length=200)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('sent', 'Sent'), ('dead', 'Dead')], default='pending', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(help_text='When it is to be tried (again).')),
                ('created_at', models.DateTimeField(default=skillwise_kernel.clock.now, editable=False)),
                ('sent_at', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True, default='', help_text='Why the last attempt failed.')),
                ('mail_token', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='skillwise_identity.mailtoken')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
                ('recipient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='skillwise_identity.recipient')),
            ],
        ),
        migrations.CreateModel(
            name='AccountAction',
            fields=[
                ('id', models.UUIDField(default=skillwise_kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('roles_changed', 'Roles Changed'), ('suspended', 'Suspended'), ('reinstated', 'Reinstated')], max_length=20)),
                ('detail', models.JSONField(help_text='What it was before and is after, or the reason.')),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='account_actions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['roles_changed', 'suspended', 'reinstated'])), name='identity_action_kind_known')],
            },
        ),
        migrations.AddConstraint(
            model_name='mailtoken',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['verify_email', 'reset_password'])), name='identity_token_purpose_known'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['due_at'], name='identity_notification_due'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['-created_at', '-id'], name='identity_notification_newest'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.UniqueConstraint(fields=('dedupe_key',), name='identity_notification_once'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('recipient__isnull', True), ('user__isnull', False)), models.Q(('recipient__isnull', False), ('user__isnull', True)), _connector='OR'), name='identity_notification_to_one'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'sent', 'dead'])), name='identity_notification_status_known'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('status', 'sent')), models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='identity_notification_sent_at_a_time'),
        ),
    ]
